import Foundation
import OnnxFixture
import Pool
import Testing

extension EndToEnd {
    /// Needs ONNX Runtime Web, as the tests of single models do.
    @Suite struct Suites {
        /// Two cases that pass, one with a wrong output, one that WebGPU has no kernel for, one that is no model.
        private func tree(in place: Workplace) throws -> String {
            let root = place.root + "/tree"
            try OnnxFixture.write(
                "Add", inputs: [([2], [1, 2]), ([2], [3, 4])], output: ([2], [4, 6]), to: root + "/a/add")
            try OnnxFixture.write(
                "Relu", inputs: [([2], [-1, 2])], output: ([2], [0, 2]), to: root + "/b/relu")
            try OnnxFixture.write(
                "Relu", inputs: [([2], [-1, 2])], output: ([2], [0, 2.5]), to: root + "/c/wrong")
            try OnnxFixture.write(
                "Det", inputs: [([2, 2], [1, 2, 3, 5])], output: ([], [-1]), to: root + "/d/det")
            try OnnxFixture.write("Relu", inputs: [([1], [1])], output: ([1], [1]), to: root + "/e/broken")
            try place.write("tree/e/broken/model.onnx", "no model")
            return root
        }

        private func statuses(_ ended: Ended) throws -> [String] {
            let outputs = try #require(try ended.object()["outputs"] as? [[String: Any]], "\(ended)")
            return outputs.compactMap { $0["status"] as? String }
        }

        @Test(
            "a suite runs all its cases as one task, whatever becomes of each, and ends with 1 if one has not passed"
        )
        func all() async throws {
            guard let cache = try await Onnx.cache.value else { return }
            let place = try Workplace()
            let root = try tree(in: place)
            let ended = try await place.weir(
                "run", "--suite", root, "--json", environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 1, "\(ended)")
            #expect(try statuses(ended) == ["passed", "passed", "failed", "unsupported", "failed"])
            let object = try ended.object()
            let outputs = try #require(object["outputs"] as? [[String: Any]])
            #expect(outputs[0]["operators"] as? [String] == ["Add"])
            #expect(outputs[0]["nodes"] as? [String: Int] == ["webgpu": 1])
            #expect(outputs[2]["max_abs_diff"] as? Double == 0.5)
            #expect(
                (outputs[2]["detail"] as? String)?.contains(#"output "y" [1] is 2.0, expected is 2.5"#)
                    == true)
            #expect(outputs[3]["nodes"] as? [String: Int] == ["cpu": 1])
            #expect((outputs[4]["detail"] as? String)?.contains("is damaged") == true)
            let suite = try #require(object["suite"] as? [String: Any])
            #expect((suite["unexpected"] as? [Any])?.count == 3)
            let operators = try #require(suite["operators"] as? [[String: Any]])
            #expect(operators.compactMap { $0["operator"] as? String } == ["(unread)", "Add", "Det", "Relu"])
            #expect((object["task"] as? [String: Any])?["status"] as? String == "succeeded")
            #expect((object["provenance"] as? [String: Any])?["backend"] as? String == "webgpu")
            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.leftovers() == [])
        }

        @Test(
            "known failures end with 0; one that passes all the same is stale and ends with 1; text fits 80 columns"
        )
        func expectations() async throws {
            guard let cache = try await Onnx.cache.value else { return }
            let place = try Workplace()
            let root = try tree(in: place)
            func known(_ names: String) throws -> String {
                try place.write(
                    "known.json",
                    """
                    { "known": [
                      { "cases": ["d/*"], "backend": "cpu", "status": "failed", "reason": "on cpu only" },
                      { "cases": [\(names)], "backend": "cpu", "status": "failed", "reason": "made so" } ] }
                    """)
            }
            let stale = try await place.weir(
                "run", "--suite", root, "--backend", "cpu", "--expectations", known(#""c/wrong", "broken""#),
                environment: ["WEIR_CACHE": cache])
            // Det has a kernel on the CPU.
            #expect(stale.status == 1, "\(stale)")
            #expect(stale.out.contains("STALE  d/det\n  it passed, but is known as failed: on cpu only"))
            #expect(!stale.out.contains("UNEXPECTED"))
            #expect(stale.out.contains("3 passed, 2 failed, 0 unsupported of 5 cases on cpu"))
            #expect(stale.lines.filter { !$0.contains(place.root) }.allSatisfy { $0.count <= 80 }, "\(stale)")
            try FileManager.default.removeItem(atPath: root + "/d")
            let ended = try await place.weir(
                "run", "--suite", root, "--backend", "cpu", "--expectations", known(#""c/wrong", "brok*""#),
                environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 0, "\(ended)")
        }

        @Test(
            "a suite that is interrupted goes on with its next case, and not if a file has changed meanwhile")
        func resume() async throws {
            guard let cache = try await Onnx.cache.value else { return }
            let place = try Workplace()
            let root = place.root + "/tree"
            for number in 100..<190 {
                try OnnxFixture.write(
                    "Relu", inputs: [([1], [1])], output: ([1], [1]), to: "\(root)/case\(number)")
            }
            let running = try place.start(
                ["run", "--suite", root, "--backend", "cpu", "--json"], environment: ["WEIR_CACHE": cache])
            let events = try await place.events(until: "a result") { events in
                events.contains { if case .runProgressed = $0.payload { true } else { false } }
            }
            running.send(SIGINT)
            #expect(try await running.end().status == 130)
            let task = try #require(
                events.first { if case .taskSubmitted = $0.payload { true } else { false } })
            let input = root + "/case189/test_data_set_0/input_0.pb"
            let sound = try Data(contentsOf: URL(fileURLWithPath: input))
            try place.write("tree/case189/test_data_set_0/input_0.pb", "changed")
            // Another log of the same events: the task fails in the one and succeeds in the other.
            try FileManager.default.copyItem(atPath: place.log, toPath: place.root + "/log2")
            let changed = try await place.weir(
                "run", "--resume", "\(task.sequence)", "--log", place.root + "/log2",
                environment: ["WEIR_CACHE": cache])
            #expect(changed.status == 1)
            #expect(
                changed.out.replacing("\n          ", with: " ").contains("is not the file any more"),
                "\(changed)")
            try sound.write(to: URL(fileURLWithPath: input))
            let ended = try await place.weir(
                "run", "--resume", "\(task.sequence)", "--json", environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 0, "\(ended)")
            #expect(try statuses(ended) == [String](repeating: "passed", count: 90))
            #expect(try await place.leftovers() == [])
        }

        @Test("what a suite cannot use is refused with 2, and there is no log after it")
        func refusals() async throws {
            let place = try Workplace()
            let root = try tree(in: place)
            let empty = place.root + "/empty"
            try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
            let malformed = try place.write(
                "known.json",
                #"{"known": [{"cases": ["a"], "backend": "webgpu", "status": "passed", "reason": "x"}]}"#)
            let unknown = try place.write("unknown.json", #"{"known": [], "knwon": []}"#)
            let cache = (try await Onnx.cache.value) ?? place.root + "/cache"
            for (arguments, said) in [
                (["--suite", root, "--items", "3"], "--items is for inputs that repeat"),
                (["--suite", root, "digits"], "leave out MODEL"),
                (["--suite", root, "--input", "x.npy"], "leave out --input"),
                (["--expectations", malformed], "name it with --suite"),
                (
                    ["--suite", root, "--expectations", malformed],
                    "known[0].status is \"passed\"; allowed are failed, unsupported"
                ),
                (["--suite", root, "--expectations", unknown], "knwon is [], but no such field is known"),
                (
                    ["--suite", root, "--expectations", place.root + "/none"],
                    "or the name of a list: libonnx-testdata"
                ),
            ] {
                let ended = try await place.weir(["run"] + arguments, environment: ["WEIR_CACHE": cache])
                #expect(ended.status == 2, "\(arguments): \(ended)")
                #expect(ended.err.contains(said), "\(arguments): \(ended.err)")
            }
            if try await Onnx.cache.value != nil {
                for (path, said) in [
                    (empty, "holds no folder with a model.onnx"), (place.root + "/none", "cannot be read"),
                ] {
                    let ended = try await place.weir(
                        "run", "--suite", path, environment: ["WEIR_CACHE": cache])
                    #expect(ended.status == 2, "\(ended)")
                    #expect(ended.err.contains(said), "\(ended.err)")
                }
            }
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }
    }
}
