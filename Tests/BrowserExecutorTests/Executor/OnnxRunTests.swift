import ChromePipe
import Foundation
import OnnxFixture
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    /// Needs ONNX Runtime Web in the person's cache; the program's own tests install it where it is missing.
    @Suite(
        "An ONNX model in a browser",
        .enabled(
            "ONNX Runtime Web is not in the cache: weir runtime add onnxruntime-web",
            { !RuntimeInstallation.all(of: OnnxModel.runtime, in: ModelCatalog()).isEmpty }))
    struct OnnxRuns {
        private func bench() throws -> (Bench, TemporaryFolder) {
            let folder = try TemporaryFolder()
            try OnnxFixture.write(
                "Add", inputs: [([2], [1, 2]), ([2], [3, 4])], output: ([2], [4, 6]), to: folder.path)
            return (try Bench { $0.catalog = ModelCatalog() }, folder)
        }

        private func begin(
            _ folder: TemporaryFolder, items: UInt64, on browser: Effect.Launch, of bench: Bench
        ) throws -> ObligationID {
            let model = try OnnxModel(path: folder.path)
            let file = DataSetFile(dataSets: try model.dataSets(), tolerance: Tolerance())
            let inputs = Payload(inline: try file.encoded(), sizeBytes: UInt64(try file.encoded().count))
            let spec = TaskSpec(
                family: .vision, model: model.path, modelDigest: model.digest, runtime: OnnxModel.runtime,
                itemsTotal: items, inputs: inputs, inputsCount: 1, batchItems: 1, backends: [.webgpu],
                runtimeBackends: OnnxModel.backends)
            let id = bench.newID()
            bench.perform(
                .run(
                    Effect.Run(
                        obligation: ObligationID(id), allocation: AllocationID(id), task: TaskID(id),
                        browser: browser.browser, incarnation: browser.incarnation, spec: spec,
                        items: 0..<items, backend: .webgpu, queueNs: 0)))
            return ObligationID(id)
        }

        @Test("has a page of its own beside the one of the launch, and is loaded there once")
        func ownPage() async throws {
            let (bench, folder) = try bench()
            let (browser, _) = try await bench.launch()
            _ = try await bench.completion(of: begin(folder, items: 2, on: browser, of: bench))
            let digits = try bench.beginRun(on: browser, items: 0..<64, model: bench.digits())
            #expect(try await bench.completion(of: digits).provenance.runtime == "wgsl 1")
            let again = try await bench.completion(of: begin(folder, items: 1, on: browser, of: bench))
            #expect(!again.metrics.cold)
            #expect(again.provenance.runtime.hasPrefix("onnxruntime-web "))
            try await bench.close(browser)
        }

        @Test("whose device is lost is reported as a failure of the browser, once (EXEC-1)")
        func gpuProcess() async throws {
            let (bench, folder) = try bench()
            let (browser, _) = try await bench.launch()
            let run = try begin(folder, items: 100_000, on: browser, of: bench)
            _ = try await bench.log.first { $0.progressed?.obligation == run ? true : nil }
            for pid in try await bench.processes("GPU", of: browser) { kill(pid, SIGKILL) }
            #expect(try await bench.log.first { $0.failed }.evidence == .gpuProcessLost)
            try await bench.close(browser)
        }

        @Test("whose page is closed is reported as a failure of the browser")
        func pageClosed() async throws {
            let (bench, folder) = try bench()
            let (browser, _) = try await bench.launch()
            let run = try begin(folder, items: 100_000, on: browser, of: bench)
            _ = try await bench.log.first { $0.progressed?.obligation == run ? true : nil }
            let host = try #require(bench.executor.host(of: browser.incarnation))
            let page = try #require(await host.page(of: OnnxModel.runtime))
            try await page.session.close()
            #expect(try await bench.log.first { $0.failed }.evidence == .rendererCrashed)
            try await bench.close(browser)
        }
    }
}
