import Foundation
import Testing

@Suite("The page on embedding")
struct EmbeddingPageTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Sources").standardizedFileURL

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: sources.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("shows the example that is built, word for word, and all of it but its imports")
    func snippets() throws {
        let page = try Self.text("PoolEngine/PoolEngine.docc/Embedding.md")
        var left = try ["main", "WorkerExecutor"].map { try Self.text("Examples/Workers/\($0).swift") }
        let blocks = page.matches(of: /```swift\n(.*?)```/.dotMatchesNewlines()).map { String($0.1) }
        #expect(blocks.count > 10)
        for block in blocks {
            let file = try #require(left.firstIndex { $0.contains(block) }, "the example has no\n\(block)")
            left[file].replace(block, with: "", maxReplacements: 1)
        }
        let unshown = left.joined(separator: "\n").split(separator: "\n").filter { line in
            !line.hasPrefix("import ") && !line.hasPrefix("//") && line != "}"
        }
        #expect(unshown == [])
    }
}
