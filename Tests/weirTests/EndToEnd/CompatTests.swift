import Foundation
import OnnxFixture
import Pool
import Testing

extension EndToEnd {
    @Suite struct Compat {
        @Test("the matrix says what ran, what was refused and why, from the log")
        func matrix() async throws {
            guard let cache = try await Onnx.cache.value else { return }
            let place = try Workplace()
            let folder = place.root + "/relu"
            try OnnxFixture.write("Relu", inputs: [([2], [1, -1])], output: ([2], [1, 0]), to: folder)
            let ended = try await place.weir(
                "compat", "digits", folder, "--json", environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 0, "\(ended)")
            let browsers = try #require(try ended.object()["browsers"] as? [[String: Any]])
            let models = try #require(browsers.first?["models"] as? [[String: Any]])
            #expect(models.map { $0["model"] as? String } == ["digits", folder])
            let cells = try models.map { model in
                try #require(model["backends"] as? [String: [String: Any]])
            }
            #expect(cells[0]["webgpu"]?["outcome"] as? String == "ran")
            #expect(cells[0]["cpu"]?["outcome"] as? String == "refused")
            #expect(cells[1]["webgpu"]?["outcome"] as? String == "ran")
            #expect(cells[1]["cpu"]?["outcome"] as? String == "ran")
            #expect(cells[1]["webnn"]?["outcome"] as? String == "refused")
            let reason = cells[1]["webnn"]?["reason"] as? String
            #expect(reason?.contains("NotSupportedError") == true, "\(ended)")
            let firefox = try #require(browsers.last?["facts"] as? [String: Any])
            #expect((firefox["product"] as? String)?.hasPrefix("Firefox/") == true, "\(ended)")
            // Every cell is a task of the log.
            let all = browsers.flatMap { $0["models"] as? [[String: Any]] ?? [] }
                .flatMap { ($0["backends"] as? [String: [String: Any]] ?? [:]).values }
            let tasks = Set(all.compactMap { $0["task"] as? UInt64 })
            #expect(tasks.count == 6 * browsers.count)
            let submitted = try place.events().filter {
                if case .taskSubmitted = $0.payload { true } else { false }
            }
            #expect(Set(submitted.map(\.sequence)) == tasks)
        }

        @Test("a wrong output is a failure that nobody refused, and ends with 1")
        func failure() async throws {
            guard let cache = try await Onnx.cache.value else { return }
            let place = try Workplace()
            let folder = place.root + "/relu"
            try OnnxFixture.write("Relu", inputs: [([2], [1, -1])], output: ([2], [1, 5]), to: folder)
            let ended = try await place.weir(
                "compat", folder, "--backend", "cpu", environment: ["WEIR_CACHE": cache])
            #expect(ended.status == 1)
            #expect(ended.out.contains("FAILED") && ended.out.contains("the largest difference"))
            #expect(ended.out.split(separator: "\n").allSatisfy { $0.count <= 80 || $0.contains(place.root) })
        }

        @Test("an unknown model is refused with 2, and nothing is appended")
        func unknown() async throws {
            let place = try Workplace()
            let ended = try await place.weir("compat", "no-such-model")
            #expect(ended.status == 2)
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }
    }
}
