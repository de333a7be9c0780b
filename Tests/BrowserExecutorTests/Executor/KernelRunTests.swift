import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("A folder of kernels in a browser") struct KernelRuns {
        private func begin(
            _ folder: String, items: UInt64 = 1, on browser: Effect.Launch, of bench: Bench,
            change: (inout TaskSpec) -> Void = { _ in }
        ) throws -> ObligationID {
            let model = try KernelModel(folder: folder)
            let file = DataSetFile(dataSets: try model.dataSets(), tolerance: model.tolerance)
            let inputs = Payload(inline: try file.encoded(), sizeBytes: UInt64(try file.encoded().count))
            var spec = TaskSpec(
                family: model.family, model: model.folder, modelDigest: model.digest,
                runtime: KernelModel.runtime, itemsTotal: items, inputs: inputs,
                inputsCount: UInt64(file.dataSets.count), batchItems: 1, backends: [.webgpu])
            change(&spec)
            let id = bench.newID()
            bench.perform(
                .run(
                    Effect.Run(
                        obligation: ObligationID(id), allocation: AllocationID(id), task: TaskID(id),
                        browser: browser.browser, incarnation: browser.incarnation, spec: spec,
                        items: 0..<items, backend: .webgpu, queueNs: 0)))
            return ObligationID(id)
        }

        private func results(of run: ObligationID, in bench: Bench) throws -> [[String: Any]] {
            try bench.log.observations.compactMap(\.progressed).filter { $0.obligation == run }.flatMap {
                try JSONSerialization.jsonObject(with: Data($0.outputs.inline)) as? [[String: Any]] ?? []
            }
        }

        @Test(
            "gives the reference outputs for every item, whatever ran before it, and is loaded once (EXEC-3)")
        func example() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            let folder = try KernelFolder()
            let run = try begin(folder.path, items: 5, on: browser, of: bench)
            let completed = try await bench.completion(of: run)
            let results = try results(of: run, in: bench)
            #expect(
                results.map { $0["dataset"] as? String } == ["disc", "stripes", "disc", "stripes", "disc"])
            #expect(results.allSatisfy { $0["matched"] as? Bool == true })
            #expect(completed.metrics.cold)
            #expect(completed.metrics.compileMs > 0)
            #expect(completed.provenance.runtime == "wgsl 1")
            #expect(completed.provenance.modelDigest == (try KernelModel(folder: folder.path).digest))
            #expect(completed.provenance.adapter != nil)
            let again = try await bench.completion(of: begin(folder.path, on: browser, of: bench))
            #expect(!again.metrics.cold)
            try await bench.close(browser)
            withExtendedLifetime(folder) {}
        }

        @Test(
            "with a wrong kernel, binding, size or reference ends with what is wrong, and the browser stays usable"
        )
        func refusals() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            func refusal(_ folder: KernelFolder) async throws -> RunFailed {
                // The run reads the folder when it likes.
                defer { withExtendedLifetime(folder) {} }
                return try await bench.refusal(of: begin(folder.path, on: browser, of: bench))
            }

            let syntax = try KernelFolder()
            try syntax.edit("edges.wgsl", "let slope = 0.5", "let slope := 0.5")
            var failed = try await refusal(syntax)
            #expect(failed.failure == .shaderInvalid)
            #expect(failed.detail.contains("edges.wgsl, line 22, column 14: "), "\(failed)")

            failed = try await refusal(KernelFolder { $0[path: ["steps", 2, "bindings", 1, "binding"]] = 7 })
            #expect(failed.failure == .shaderInvalid)
            #expect(failed.detail.contains(#"step "find edges", kernel edges.wgsl"#), "\(failed)")
            failed = try await refusal(
                KernelFolder { $0[path: ["steps", 0, "bindings", 0, "access"]] = "uniform" })
            #expect(failed.detail.contains(#"step "first blur", kernel blur.wgsl"#), "\(failed)")
            failed = try await refusal(KernelFolder { $0[path: ["steps", 0, "entry_point"]] = "start" })
            #expect(failed.detail.contains("start"), "\(failed)")
            failed = try await refusal(KernelFolder { $0[path: ["steps", 0, "constants", "depth"]] = 1 })
            #expect(failed.detail.contains("depth"), "\(failed)")

            let wide = try KernelFolder()
            try wide.edit("blur.wgsl", "@workgroup_size(8, 8)", "@workgroup_size(64, 1024)")
            failed = try await refusal(wide)
            #expect(failed.failure == .shaderInvalid)
            #expect(failed.detail.contains("blur.wgsl") && failed.detail.contains("1024"), "\(failed)")

            failed = try await refusal(
                KernelFolder { $0["limits"] = ["maxComputeInvocationsPerWorkgroup": 1 << 30] })
            #expect(failed.failure == .outOfMemory)
            #expect(failed.detail.contains("maxComputeInvocationsPerWorkgroup"), "\(failed)")
            failed = try await refusal(KernelFolder { $0["features"] = ["no-such-feature"] })
            #expect(failed.failure == .backendUnsupported)
            #expect(failed.detail.contains("no-such-feature"), "\(failed)")

            failed = try await refusal(
                KernelFolder {
                    $0[path: ["references", 0, "outputs", "steep"]] = ["values": [7]]
                })
            #expect(failed.failure == .outputMismatch)
            #expect(failed.detail.contains(#"disc: output "steep" [0] is "#), "\(failed)")
            #expect(failed.detail.contains("largest difference"), "\(failed)")

            let changed = try KernelFolder()
            let before = try KernelModel(folder: changed.path).digest
            try changed.edit("blur.wgsl", "var sum = 0.0", "var sum = 1.0")
            let run = try begin(changed.path, on: browser, of: bench) { $0.modelDigest = before }
            failed = try await bench.refusal(of: run)
            #expect(failed.failure == .modelMissing)
            #expect(failed.detail.contains("has changed"), "\(failed)")

            let sound = try KernelFolder()
            _ = try await bench.completion(of: begin(sound.path, on: browser, of: bench))
            withExtendedLifetime((changed, sound)) {}
            #expect(bench.log.observations.allSatisfy { $0.failed == nil })
            try await bench.close(browser)
        }

        @Test("takes no inputs and tensors of odd lengths, and begins every item with the same contents")
        func state() async throws {
            let folder = try TemporaryFolder()
            try folder.write(
                """
                @group(0) @binding(0) var<storage, read_write> counts: array<u32>;
                @group(0) @binding(1) var<storage, read_write> zeros: array<i32>;
                @compute @workgroup_size(1) fn count(@builtin(global_invocation_id) id: vec3u) {
                  counts[id.x] += id.x;
                  zeros[id.x] -= 1;
                }
                """, to: "kernels/count.wgsl")
            try folder.write(
                """
                {"format_version": 1, "kind": "kernels", "name": "count", "family": "audio",
                 "tensors": {"counts": {"type": "u32", "shape": [3], "values": [5, 6, 7]},
                             "zeros": {"type": "i32", "shape": [3]}},
                 "steps": [{"kernel": "kernels/count.wgsl", "entry_point": "count", "repeat": 4, "workgroups": [3],
                            "bindings": [{"binding": 0, "tensor": "counts", "access": "read_write"},
                                         {"binding": 1, "tensor": "zeros", "access": "read_write"}]}],
                 "outputs": ["counts", "zeros"],
                 "references": [{"outputs": {"counts": {"values": [5, 10, 15]}, "zeros": {"values": [-4, -4, -4]}}}]}
                """, to: "model.json")
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            let run = try begin(folder.path, items: 3, on: browser, of: bench)
            _ = try await bench.completion(of: run)
            #expect(try results(of: run, in: bench).count == 3)
            try await bench.close(browser)
            withExtendedLifetime(folder) {}
        }
    }
}
