import ChromePipe
import Foundation
import OnnxFixture
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    /// Needs ONNX Runtime Web in the person's cache, as `OnnxRuns` does.
    @Suite(
        "A suite in a browser",
        .enabled(
            "ONNX Runtime Web is not in the cache: weir runtime add onnxruntime-web",
            { !RuntimeInstallation.all(of: OnnxModel.runtime, in: ModelCatalog()).isEmpty }))
    struct SuiteRuns {
        private func begin(
            _ suite: OnnxSuite, items: Range<UInt64>, on browser: Effect.Launch, of bench: Bench
        ) throws -> ObligationID {
            let bytes = try suite.encoded()
            let spec = TaskSpec(
                family: .vision, model: suite.root, modelDigest: Digest(sha256: bytes),
                runtime: OnnxModel.runtime, itemsTotal: UInt64(suite.cases.count),
                inputs: Payload(inline: bytes, sizeBytes: UInt64(bytes.count)),
                inputsCount: UInt64(suite.cases.count), batchItems: 1, backends: [.webgpu],
                runtimeBackends: OnnxModel.backends)
            let id = bench.newID()
            bench.perform(
                .run(
                    Effect.Run(
                        obligation: ObligationID(id), allocation: AllocationID(id), task: TaskID(1),
                        browser: browser.browser, incarnation: browser.incarnation, spec: spec,
                        items: items, backend: .webgpu, queueNs: 0)))
            return ObligationID(id)
        }

        private func results(of run: ObligationID, in bench: Bench) throws -> [SuiteCaseResult] {
            try bench.log.all.compactMap(\.observation.progressed).filter { $0.obligation == run }.flatMap {
                try JSONDecoder().decode([SuiteCaseResult].self, from: Data($0.outputs.inline))
            }
        }

        private func killGPU(of browser: Effect.Launch, in bench: Bench) async throws {
            for pid in try await bench.processes("GPU", of: browser) { kill(pid, SIGKILL) }
            _ = try await bench.log.first {
                $0.failed?.incarnation == browser.incarnation ? $0.failed : nil
            }
        }

        @Test(
            "goes on after a case during which two browsers failed; that case has failed, with what was seen")
        func poison() async throws {
            let folder = try TemporaryFolder()
            func write(_ name: String, side: Int) throws {
                let values = [Float](repeating: 0, count: side * side)
                try OnnxFixture.write(
                    "MatMul", inputs: [([side, side], values), ([side, side], values)],
                    output: ([side, side], values), to: folder.path + "/" + name)
            }
            try write("a", side: 2)
            // It takes longer than it takes to kill a process.
            try write("b", side: 1200)
            try write("c", side: 2)
            let suite = try OnnxSuite(root: folder.path, tolerance: Tolerance())
            let bench = try Bench { $0.catalog = ModelCatalog() }

            let (first, _) = try await bench.launch()
            let run = try begin(suite, items: 0..<3, on: first, of: bench)
            _ = try await bench.log.first { $0.progressed?.obligation == run ? true : nil }
            try await killGPU(of: first, in: bench)
            try await bench.close(first)

            let (second, _) = try await bench.launch()
            let again = try begin(suite, items: 1..<3, on: second, of: bench)
            _ = try await bench.log.first { $0.started?.obligation == again ? true : nil }
            try await killGPU(of: second, in: bench)
            try await bench.close(second)

            let (third, _) = try await bench.launch()
            let last = try begin(suite, items: 1..<3, on: third, of: bench)
            _ = try await bench.completion(of: last)
            let found = try results(of: last, in: bench)
            #expect(found.map(\.status) == [.failed, .passed])
            #expect(found[0].detail.hasPrefix("it took the browser down 2 times: gpu_process_lost"))
            #expect(found[0].operators == ["MatMul"])
            try await bench.close(third)
        }

        @Test(
            "goes on in a fresh page after a kernel of the runtime has thrown, which leaves the old page unusable"
        )
        func thrown() async throws {
            let folder = try TemporaryFolder()
            // The WebGPU provider throws on ceil_mode.
            try OnnxFixture.write(
                "AveragePool", inputs: [([1, 1, 3, 3], [Float](repeating: 1, count: 9))],
                output: ([1, 1, 2, 2], [1, 1, 1, 1]),
                attributes: OnnxFixture.attribute("kernel_shape", [2, 2])
                    + OnnxFixture.attribute("strides", [2, 2]) + OnnxFixture.attribute("ceil_mode", [1]),
                to: folder.path + "/a")
            try OnnxFixture.write("Relu", inputs: [([1], [1])], output: ([1], [1]), to: folder.path + "/b")
            let suite = try OnnxSuite(root: folder.path, tolerance: Tolerance())
            let bench = try Bench { $0.catalog = ModelCatalog() }
            let (browser, _) = try await bench.launch()
            let run = try begin(suite, items: 0..<2, on: browser, of: bench)
            _ = try await bench.completion(of: run)
            let found = try results(of: run, in: bench)
            #expect(found.map(\.status) == [.failed, .passed], "\(found)")
            #expect(found[0].detail.contains("ceil"), "\(found)")
            try await bench.close(browser)
        }

        @Test("holds no session after a case, so that it may have more cases than a page holds models")
        func sessions() async throws {
            let folder = try TemporaryFolder()
            for number in 0..<12 {
                try OnnxFixture.write(
                    "Relu", inputs: [([1], [Float(number)])], output: ([1], [Float(number)]),
                    to: "\(folder.path)/\(number)")
                // Another model each time: a session is known by the digest of its file.
                let model = OnnxFixture.model("Relu", [.init("x0", [number + 1])], .init("y", [number + 1]))
                try folder.write(model, to: "\(number)/model.onnx")
                let values = [Float](repeating: 1, count: number + 1)
                let set = "\(number)/test_data_set_0"
                try folder.write(OnnxFixture.tensor("x0", [number + 1], values), to: set + "/input_0.pb")
                try folder.write(OnnxFixture.tensor("y", [number + 1], values), to: set + "/output_0.pb")
            }
            let suite = try OnnxSuite(root: folder.path, tolerance: Tolerance())
            let bench = try Bench { $0.catalog = ModelCatalog() }
            let (browser, _) = try await bench.launch()
            let run = try begin(suite, items: 0..<12, on: browser, of: bench)
            _ = try await bench.completion(of: run)
            #expect(try results(of: run, in: bench).allSatisfy { $0.status == .passed })
            try await bench.close(browser)
        }
    }
}
