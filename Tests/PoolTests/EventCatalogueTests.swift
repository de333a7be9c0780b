import Foundation
import Pool
import Testing

@Suite("The event catalogue")
struct EventCatalogueTests {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Pool/Pool.docc/EventCatalogue.md")

    private static func sections() throws -> [String: String] {
        let text = try String(contentsOf: page, encoding: .utf8)
        var sections: [String: String] = [:]
        for section in text.components(separatedBy: "\n### ").dropFirst() {
            sections[String(section.prefix { $0 != " " })] = section
        }
        return sections
    }

    @Test("describes every event type and no other")
    func everyType() throws {
        #expect(try Self.sections().keys.sorted() == EventPayload.names.map(\.description).sorted())
    }

    @Test("describes every field of every event type", arguments: EventPayload.names.map(\.description))
    func everyField(type: String) throws {
        let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Schemas/weir/v1")
        let message = type.split(separator: "_").map(\.capitalized).joined()
        var fields: [String] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: schema.path) {
            let text = try String(contentsOf: schema.appendingPathComponent(file), encoding: .utf8)
            guard let start = text.range(of: "message \(message) {") else { continue }
            let body = text[start.upperBound...].prefix { $0 != "}" }
            fields = body.split(separator: "\n").filter { $0.contains(" = ") && !$0.contains("//") }
                .compactMap { $0.split(separator: " ").dropLast(2).last.map(String.init) }
        }
        #expect(!fields.isEmpty, "the schema has no message \(message)")
        let section = try #require(try Self.sections()[type])
        for field in fields { #expect(section.contains("| `\(field)` |"), "\(type).\(field)") }
    }
}
