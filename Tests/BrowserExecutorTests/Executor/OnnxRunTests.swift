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

        private func spec(_ folder: TemporaryFolder, items: UInt64) throws -> TaskSpec {
            let model = try OnnxModel(path: folder.path)
            let file = DataSetFile(dataSets: try model.dataSets(), tolerance: Tolerance())
            let inputs = Payload(inline: try file.encoded(), sizeBytes: UInt64(try file.encoded().count))
            return TaskSpec(
                family: .vision, model: model.path, modelDigest: model.digest, runtime: OnnxModel.runtime,
                itemsTotal: items, inputs: inputs, inputsCount: 1, batchItems: 1, backends: [.webgpu],
                runtimeBackends: OnnxModel.backends)
        }

        private func begin(
            _ folder: TemporaryFolder, items: UInt64, on browser: Effect.Launch, of bench: Bench,
            backend: Backend = .webgpu
        ) throws -> ObligationID {
            let id = bench.newID()
            bench.perform(
                .run(
                    Effect.Run(
                        obligation: ObligationID(id), allocation: AllocationID(id), task: TaskID(id),
                        browser: browser.browser, incarnation: browser.incarnation,
                        spec: try spec(folder, items: items), items: 0..<items, backend: backend, queueNs: 0))
            )
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

        @Test("runs on WebNN where a browser has it: on a stand-in, recorded as simulated (EXEC-4)")
        func webnn() async throws {
            let folder = try TemporaryFolder()
            try OnnxFixture.write(
                "Add", inputs: [([2], [1, 2]), ([2], [3, 4])], output: ([2], [4, 6]), to: folder.path)
            let script = try #require(
                Bundle.module.url(forResource: "Fixtures/webnn-stand-in", withExtension: "js"))
            let bench = try Bench {
                $0.catalog = ModelCatalog()
                $0.pageScript = try String(contentsOf: script, encoding: .utf8)
            }
            let (browser, launched) = try await bench.launch()
            let found = launched.facts.backends.first { $0.backend == .webnn }
            #expect(found?.refusal == nil && found?.simulated == true, "\(launched.facts.backends)")
            #expect(launched.facts.backends.first { $0.backend == .webgpu }?.simulated == false)
            let run = try begin(folder, items: 2, on: browser, of: bench, backend: .webnn)
            let completed = try await bench.completion(of: run)
            #expect(completed.provenance.backend == .webnn)
            #expect(completed.provenance.simulated)
            #expect(completed.provenance.nodes == [BackendNodes(backend: .webnn, nodes: 1)])
            let real = try await bench.completion(of: begin(folder, items: 1, on: browser, of: bench))
            #expect(!real.provenance.simulated)
            try await bench.close(browser)
        }

        @Test("is brought into the page by a preparation, and a later run finds it there")
        func prepared() async throws {
            let (bench, folder) = try bench()
            let (browser, _) = try await bench.launch()
            let id = ObligationID(bench.newID())
            bench.perform(
                .prepare(
                    Effect.Prepare(
                        obligation: id, browser: browser.browser, incarnation: browser.incarnation,
                        spec: try spec(folder, items: 1), backend: .webgpu)))
            let prepared = try await bench.log.first { report -> ModelPrepared? in
                if case .modelPrepared(let prepared) = report { prepared } else { nil }
            }
            #expect(prepared.obligation == id && prepared.loadMs > 0 && prepared.fetchedBytes > 0)
            let run = try begin(folder, items: 1, on: browser, of: bench)
            let started = try await bench.log.first { $0.started?.obligation == run ? $0.started : nil }
            #expect(!started.cold && started.fetchedBytes == 0)
            // Its shaders have been compiled as well.
            #expect(try await !bench.completion(of: run).metrics.cold)
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
            try await page.session.close(deadline: .seconds(10))
            #expect(try await bench.log.first { $0.failed }.evidence == .rendererCrashed)
            try await bench.close(browser)
        }
    }
}
