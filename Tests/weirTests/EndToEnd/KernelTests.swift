import Foundation
import Testing

extension EndToEnd {
    @Suite("Kernels on the command line") struct Kernels {
        private static let example = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appendingPathComponent("Sources/BrowserExecutor/Resources/examples/edges").path

        @Test(
            "The example runs against its references, and other inputs give tensors that are shown shortened")
        func example() async throws {
            let place = try Workplace()
            let ended = try await place.weir("run", Self.example)
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.out.contains("dataset disc  matched"))
            #expect(ended.out.contains("2 of 2 items"))
            let other = try await place.weir("run", Self.example, "--input", Self.example + "/stripes.bin")
            #expect(other.status == 0, "\(other)")
            #expect(other.out.contains("edges float32 20×28 ["), "\(other)")
            #expect(other.out.contains("of 560"))
            let json = try await place.weir("run", Self.example, "--items", "3", "--json")
            #expect((try json.object()["outputs"] as? [Any])?.count == 3)
            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.leftovers() == [])
        }

        @Test("A folder whose manifest is wrong is refused with 2 before anything is opened")
        func wrong() async throws {
            let place = try Workplace()
            try FileManager.default.createDirectory(
                atPath: place.root + "/k", withIntermediateDirectories: true)
            try place.write("k/model.json", #"{"format_version": 1, "kind": "kernel"}"#)
            let ended = try await place.weir("run", "k")
            #expect(ended.status == 2)
            #expect(ended.err.contains(#"k/model.json: kind is "kernel"; allowed is "kernels""#), "\(ended)")
            let option = try await place.weir("run", Self.example, "--family", "audio")
            #expect(option.status == 2)
            let backend = try await place.weir("run", Self.example, "--backend", "cpu")
            #expect(backend.status == 2)
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }
    }
}
