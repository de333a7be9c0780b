import Foundation
import Testing

/// The page `Invariants.md` names every test that cites an invariant, and no other.
@Suite("The page of the invariants")
struct InvariantPageTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL

    private static let ids =
        (1...6).map { "LOG-\($0)" } + (1...9).map { "CORE-\($0)" } + (1...5).map { "EXEC-\($0)" }

    private static func page() throws -> String {
        try String(
            contentsOf: package.appendingPathComponent("Sources/Pool/Pool.docc/Invariants.md"),
            encoding: .utf8)
    }

    /// The tests of the package by the invariants that their titles cite, such as `PoolTests/TaskTests.ends`.
    private static let citingTests = Result { try readCitingTests() }

    private static func readCitingTests() throws -> [String: Set<String>] {
        var citing: [String: Set<String>] = [:]
        let tests = package.appendingPathComponent("Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            let target = file.path.dropFirst(tests.path.count + 1).prefix { $0 != "/" }
            var suite = ""
            let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "@" + "Test")
            for (place, part) in parts.enumerated() {
                if place > 0, let function = part.firstRange(of: "func ") {
                    let name = part[function.upperBound...].prefix { $0.isLetter || $0.isNumber }
                    for id in cited(in: part[..<function.lowerBound]) {
                        citing[id, default: []].insert("\(target)/\(suite).\(name)")
                    }
                }
                let type = /^(?:@Suite(?:\(.*\))? )?(?:final |private )?(?:struct|class|enum|extension) (\w+)/
                if let last = part.matches(of: type.anchorsMatchLineEndings()).last { suite = String(last.1) }
            }
        }
        return citing
    }

    /// The ids in a title, those between the ends of a range included.
    private static func cited(in title: Substring) -> Set<String> {
        var ids = Set(title.matches(of: /(LOG|CORE|EXEC)-\d/).map { String($0.0) })
        for range in title.matches(of: /([A-Z]+)-(\d) to [A-Z]+-(\d)/) {
            guard let first = Int(range.2), let last = Int(range.3) else { continue }
            ids.formUnion((first...last).map { "\(range.1)-\($0)" })
        }
        return ids
    }

    @Test("has a row for every invariant")
    func rows() throws {
        let rows = try Self.page().matches(of: /\| ([A-Z]+-\d) \|/).map { String($0.1) }
        #expect(rows == Self.ids)
    }

    @Test("names the tests that cite an invariant, all of them and no others", arguments: ids)
    func tests(id: String) throws {
        let sections = try Self.page().components(separatedBy: "\n### ")
        let section = try #require(sections.first { $0.hasPrefix(id + "\n") })
        let named = section.matches(of: /- `(.+)`/).map { String($0.1) }
        let citing = try Self.citingTests.get()[id] ?? []
        #expect(!citing.isEmpty)
        #expect(Set(named).subtracting(citing) == [], "these do not exist, or do not cite \(id)")
        #expect(citing.subtracting(named) == [], "these cite \(id), and the page does not name them")
        #expect(named == named.sorted())
    }
}
