import BrowserExecutor
import Foundation
import OnnxFixture
import Pool
import Synchronization
import Testing

extension EndToEnd {
    /// ONNX Runtime Web is 26 MB that do not come with Weir: without it, and without a way to get it, these tests say so
    /// and are skipped.
    @Suite struct Onnx {
        /// The cache that has the runtime: the person's own, or one for these tests, into which the program installs it
        /// from its pinned wheel. Nil when that cannot be got.
        static let cache: Task<String?, any Error> = Task {
            let own = ModelCatalog()
            if !RuntimeInstallation.all(of: OnnxModel.runtime, in: own).isEmpty { return own.cacheFolder }
            let place = try Workplace()
            leftBehind.withLock { $0 = place }
            // It lives as long as the process, so nothing else would remove it.
            atexit { Onnx.leftBehind.withLock { $0 = nil } }
            let added = try await place.weir("runtime", "add", OnnxModel.runtime)
            if added.status == 0 { return place.root + "/cache" }
            FileHandle.standardError.write(Data("tests of ONNX models are skipped: \(added.err)\n".utf8))
            return nil
        }

        private static let leftBehind = Mutex<Workplace?>(nil)

        /// A folder of a model and its data set, as `OnnxFixture` writes it.
        private func model(
            _ operation: String, _ inputs: [([Int], [Float])], _ output: ([Int], [Float]), in place: Workplace
        ) throws -> String {
            let folder = place.root + "/" + operation
            try OnnxFixture.write(operation, inputs: inputs, output: output, to: folder)
            return folder
        }

        @Test("one model runs on WebGPU and on the CPU, with outputs as expected and the provenance of each")
        func matches() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let folder = try model(
                "MatMul", [([2, 3], [1, 2, 3, 4, 5, 6]), ([3, 2], [1, 0, 0, 1, 1, 1])],
                ([2, 2], [4, 5, 10, 11]), in: place)
            for backend in ["webgpu", "cpu"] {
                let ended = try await place.weir(
                    "run", folder, "--backend", backend, "--items", "3", "--json",
                    environment: ["WEIR_CACHE": cache])
                try #require(ended.status == 0, "\(ended)")
                let object = try ended.object()
                let outputs = try #require(object["outputs"] as? [[String: Any]])
                #expect(outputs.count == 3)
                #expect(outputs.allSatisfy { $0["matched"] as? Bool == true })
                #expect(outputs.allSatisfy { ($0["nodes"] as? [String: Int])?[backend] == 1 })
                let provenance = try #require(object["provenance"] as? [String: Any])
                #expect(provenance["backend"] as? String == backend)
                #expect((provenance["adapter"] is NSNull) == (backend == "cpu"))
                #expect((provenance["runtime"] as? String)?.hasPrefix("onnxruntime-web ") == true)
            }
            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.leftovers() == [])
        }

        @Test("a wrong output fails the task with 1 and names the largest difference (EXEC-5)")
        func mismatch() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let folder = try model("Relu", [([3], [-1, 0, 2])], ([3], [0, 0, 2.5]), in: place)
            let ended = try await place.weir("run", folder, "--json", environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 1, "\(ended)")
            let task = try #require(try ended.object()["task"] as? [String: Any])
            #expect(task["failure"] as? String == "output_mismatch")
            let detail = try #require(task["detail"] as? String)
            #expect(detail.contains(#"output "y" [2] is 2.0, expected is 2.5: the largest difference, 0.5"#))
            let tolerant = try await place.weir(
                "run", folder, "--rtol", "0.3", environment: ["WEIR_CACHE": cache])
            #expect(tolerant.status == 0, "\(tolerant)")
        }

        @Test("inputs in files of JSON run, are compared with what is expected apart, and must fit the model")
        func inputFiles() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let folder = try model("Relu", [([2], [-1, 2])], ([2], [0, 2]), in: place)
            let input = try place.write("in.json", #"{"x0": [-3, 4]}"#)
            let right = try place.write("right.json", #"{"y": [0, 4]}"#)
            let wrong = try place.write("wrong.json", #"{"y": [0, 5]}"#)
            let alone = try await place.weir(
                "run", folder, "--input", input, "--json", environment: ["WEIR_CACHE": cache])
            try #require(alone.status == 0, "\(alone)")
            let outputs = try #require(try alone.object()["outputs"] as? [[String: Any]])
            let tensors = try #require(outputs.first?["outputs"] as? [[String: Any]])
            #expect(tensors.first?["data"] as? [Double] == [0, 4])
            let compared = try await place.weir(
                "run", folder, "--input", input, "--expect", right, "--input", input, "--expect", wrong,
                environment: ["WEIR_CACHE": cache])
            #expect(compared.status == 1)
            #expect(compared.out.contains("matched"))
            #expect(compared.out.contains("output_mismatch"))
            let head = try place.events().count
            let unfit = try place.write("unfit.json", #"{"x0": [1, 2, 3]}"#)
            for (arguments, said) in [
                (["--input", unfit], "unfit.json does not fit the model: \"x0\" has the dimensions [3]"),
                (["--input", input, "--expect", right, "--expect", right], "--expect is given 2 times"),
            ] {
                let ended = try await place.weir(
                    ["run", folder] + arguments, environment: ["WEIR_CACHE": cache])
                #expect(ended.status == 2, "\(ended)")
                #expect(ended.err.contains(said), "\(ended.err)")
            }
            #expect(try place.events().count == head)
        }

        @Test("results that came before an error are recorded before it")
        func resultsBeforeError() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let right = try model("Relu", [([3], [-1, 0, 2])], ([3], [0, 0, 2]), in: place)
            try OnnxFixture.write(
                "Relu", inputs: [([3], [-1, 0, 2])], output: ([3], [0, 0, 5]), to: place.root + "/wrong")
            let (good, bad) = (right + "/test_data_set_0", place.root + "/wrong/test_data_set_0")
            let ended = try await place.weir(
                "run", right, "--input", good, "--input", good, "--input", good, "--input", bad,
                "--backend", "cpu", "--json", environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 1, "\(ended)")
            let task = try #require(try ended.object()["task"] as? [String: Any])
            #expect(task["items_done"] as? Int == 3 && task["failure"] as? String == "output_mismatch")
        }

        @Test("a model of which nothing would run on WebGPU is refused there, and runs on the CPU (EXEC-4)")
        func noSilentFallback() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            // Det has no kernel in the runtime's WebGPU provider.
            let folder = try model("Det", [([2, 2], [1, 2, 3, 5])], ([], [-1]), in: place)
            let refused = try await place.weir("run", folder, "--json", environment: ["WEIR_CACHE": cache])
            #expect(refused.status == 1)
            let task = try #require(try refused.object()["task"] as? [String: Any])
            #expect(task["failure"] as? String == "backend_unsupported", "\(refused)")
            let ended = try await place.weir(
                "run", folder, "--backend", "cpu", environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 0, "\(ended)")
        }

        @Test(
            "a refused backend is followed by the next of the list, by an event in the browser's words (EXEC-4)"
        )
        func backendChanges() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let folder = try model("Det", [([2, 2], [1, 2, 3, 5])], ([], [-1]), in: place)
            // WebNN is refused by the browser, WebGPU by the runtime, which would run the node elsewhere.
            let ended = try await place.weir(
                "run", folder, "--backend", "webnn", "--backend", "webgpu", "--backend", "cpu", "--json",
                environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 0, "\(ended)")
            let provenance = try #require(try ended.object()["provenance"] as? [String: Any])
            #expect(provenance["backend"] as? String == "cpu")
            let refused = try place.events().compactMap { event -> BackendRefused? in
                if case .backendRefused(let refused) = event.payload { refused } else { nil }
            }
            #expect(refused.map(\.backend) == [.webnn, .webgpu])
            #expect(refused.map(\.refusal) == [.browserRefuses, .noComputeNode])
            #expect(refused.first?.reason.contains("NotSupportedError") == true, "\(refused)")

            let strict = try await place.weir(
                "run", folder, "--backend", "webnn", "--backend", "cpu", "--strict-backend", "--json",
                environment: ["WEIR_CACHE": cache])
            #expect(strict.status == 1, "\(strict)")
            let task = try #require(try strict.object()["task"] as? [String: Any])
            #expect(task["failure"] as? String == "backend_unsupported")
            #expect((task["detail"] as? String)?.contains("strict_backend allows no other") == true)
        }

        @Test("a browser without WebGPU runs on the CPU what may run there")
        func withoutAdapter() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let folder = try model("Relu", [([2], [1, -1])], ([2], [1, 0]), in: place)
            let environment = ["WEIR_CACHE": cache, "WEIR_CHROME": try await place.browserWithoutWebGPU()]
            let ended = try await place.weir(
                "run", folder, "--backend", "webgpu", "--backend", "cpu", "--json",
                environment: environment)
            #expect(ended.status == 0, "\(ended)")
            let provenance = try #require(try ended.object()["provenance"] as? [String: Any])
            #expect(provenance["backend"] as? String == "cpu")
        }

        @Test("without the runtime a model is refused with 3, which names the command that gets it")
        func notInstalled() async throws {
            let place = try Workplace()
            let folder = try model("Relu", [([1], [1])], ([1], [1]), in: place)
            let ended = try await place.weir("run", folder)
            #expect(ended.status == 3)
            #expect(ended.err.contains("weir runtime add onnxruntime-web"))
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }

        @Test(
            "a runtime comes from an npm tarball and from a wheel as well",
            arguments: [
                ["tar", "-czf", "runtime.tgz", "package"],
                ["python3", "-m", "zipfile", "-c", "runtime.whl", "package"],
            ])
        func addFromArchive(_ packing: [String]) async throws {
            let place = try Workplace()
            try FileManager.default.createDirectory(
                atPath: place.root + "/package", withIntermediateDirectories: true)
            try place.write("package/ort.bundle.min.mjs", "export {}")
            try place.write("package/ort-wasm-simd-threaded.jsep.wasm", "wasm")
            try place.write("package/package.json", #"{"name": "onnxruntime-web", "version": "9.9.9"}"#)
            let packer = Process()
            packer.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            packer.arguments = packing
            packer.currentDirectoryURL = URL(fileURLWithPath: place.root)
            try packer.run()
            packer.waitUntilExit()
            let archive = place.root + "/" + packing.first { $0.hasPrefix("runtime.") }!
            let added = try await place.weir("runtime", "add", "onnxruntime-web", "--from", archive)
            #expect(added.status == 0, "\(added)")
            #expect(added.out.contains("9.9.9"))
            try place.write(String(archive.split(separator: "/").last!), "no archive")
            let torn = try await place.weir("runtime", "add", "onnxruntime-web", "--from", archive)
            #expect(torn.status == 1, "\(torn)")
        }

        @Test("a runtime from a folder is installed once, and one that holds none not at all")
        func addFromFolder() async throws {
            let place = try Workplace()
            let source = place.root + "/package"
            try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
            let empty = try await place.weir("runtime", "add", "onnxruntime-web", "--from", source)
            #expect(empty.status == 1)
            #expect(empty.err.contains("holds no ort.bundle.min.mjs"))
            try place.write("package/ort.bundle.min.mjs", "export {}")
            try place.write("package/ort-wasm-simd-threaded.jsep.wasm", "wasm")
            try place.write("package/package.json", #"{"name": "onnxruntime-web", "version": "9.9.9"}"#)
            let first = try await place.weir("runtime", "add", "onnxruntime-web", "--from", source)
            #expect(first.status == 0, "\(first)")
            #expect(first.out.contains("9.9.9"))
            #expect(first.out.contains("not pinned"))
            let again = try await place.weir("runtime", "add", "onnxruntime-web", "--from", source)
            #expect(again.out.contains("was there already"))
            let folder = place.root + "/cache/runtimes/onnxruntime-web"
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["9.9.9"])
        }

        @Test("without python3 the pinned runtime is refused with 3, and nothing is left of the attempt")
        func noPython() async throws {
            let place = try Workplace()
            let ended = try await place.weir(
                "runtime", "add", "onnxruntime-web", environment: ["PATH": "/nowhere"])
            #expect(ended.status == 3, "\(ended)")
            #expect(ended.err.contains("--from"))
            let folder = place.root + "/cache/runtimes/onnxruntime-web"
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
    }
}
