import Foundation
import Testing

extension EndToEnd {
    @Suite("Text encoders on the command line") struct TextModels {
        private static let tinyBERT = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("BrowserExecutorTests/Fixtures/tiny-bert").path

        @Test("A folder is added once and embeds texts of the command line and of files, in order (CLI)")
        func run() async throws {
            let place = try Workplace()
            let added = try await place.weir("model", "add", "tiny", "--from", Self.tinyBERT)
            #expect(added.status == 0, "\(added)")
            #expect(added.out.contains("text, at most 48 tokens"))
            let again = try await place.weir("model", "add", "tiny", "--from", Self.tinyBERT)
            #expect(again.out.hasPrefix("already there"), "\(again)")
            #expect(try await place.weir("model", "inspect", "tiny").out.contains("text_embedding"))

            let none = try await place.weir("run", "tiny")
            #expect(none.status == 2)
            #expect(none.err.contains("--text"), "\(none)")
            let file = try place.write("texts.txt", "Hello, world!\n\nAnother.\n")
            let ran = try await place.weir(
                "run", "tiny", "--text", "Another.", "--input", file, "--json")
            #expect(ran.status == 0, "\(ran)")
            let report = try ran.object()
            let outputs = try #require(report["outputs"] as? [[String: Any]])
            let vectors = outputs.compactMap { $0["embedding"] as? [Double] }
            #expect(vectors.map(\.count) == [32, 32, 32, 32])
            // One text, alone or among others, has one embedding.
            #expect(zip(vectors[0], vectors[3]).allSatisfy { abs($0 - $1) < 1e-5 })
            #expect(zip(vectors[0], vectors[1]).contains { abs($0 - $1) > 1e-2 })
            let text = try await place.weir("run", "tiny", "--text", "Another.")
            #expect(text.out.contains("embedding ["), "\(text)")
            #expect(!text.out.contains("accuracy"))
            #expect(try await place.leftovers().isEmpty)
        }

        @Test("The first asker's own task runs unchanged where weights of that name are at hand")
        func seed() async throws {
            let place = try Workplace()
            let added = try await place.weir("model", "add", "bert-base-uncased", "--from", Self.tinyBERT)
            #expect(added.status == 0, "\(added)")
            let task = try place.write("task.json", TaskFileTests.seed)
            let texts = try place.write("texts.txt", "Hello, world!\nAnother.\n")
            let ran = try await place.weir("run", "--task", task, "--input", texts, "--json")
            #expect(ran.status == 0, "\(ran)")
            let report = try ran.object()
            let outputs = try #require(report["outputs"] as? [[String: Any]])
            #expect(outputs.compactMap { $0["embedding"] as? [Double] }.count == 2)
            #expect((report["provenance"] as? [String: Any])?["backend"] as? String == "webgpu")
        }

        @Test("Wrong use is refused before anything is opened, and says what is known")
        func refusals() async throws {
            let place = try Workplace()
            let unknown = try await place.weir("model", "add", "nothing")
            #expect(unknown.status == 2)
            #expect(unknown.err.contains("all-minilm-l6-v2"), "\(unknown)")
            let empty = try await place.weir("model", "add", "x", "--from", place.temporary)
            #expect(empty.status == 2)
            #expect(empty.err.contains("config.json"), "\(empty)")
            let images = try await place.weir("run", "digits", "--text", "a")
            #expect(images.status == 2)
            #expect(images.err.contains("digits takes no text"), "\(images)")
        }

        @Test("A known model without python3 is exit 3 and says what to do, and leaves nothing")
        func noPython() async throws {
            let place = try Workplace()
            let ended = try await place.weir(
                "model", "add", "all-minilm-l6-v2", environment: ["PATH": place.temporary])
            #expect(ended.status == 3)
            #expect(ended.err.contains("--from DIR"), "\(ended)")
            let models = place.root + "/cache/models"
            #expect(!FileManager.default.fileExists(atPath: models))
        }
    }
}
