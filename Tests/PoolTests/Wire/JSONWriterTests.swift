import Foundation
import Testing

@testable import Pool

/// A real parser reads what the writer writes.
@Suite("Writing JSON")
struct JSONWriterTests {
    private static func parse(_ json: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    }

    @Test("every ASCII character and text of every plane comes back unchanged")
    func text() throws {
        let texts =
            (0..<128).map { String(UnicodeScalar($0)!) } + [
                "", "\"\\\"", "\\u0041", "\r\n", "é", "e\u{301}", "\u{2028}\u{2029}", "漢字", "👩‍🚀",
                "\u{ffff}\u{10ffff}",
                "</script>",
            ]
        let json = JSONWriter.object(BrowserFailed(detail: texts.joined(), stderrTail: texts))
        let object = try Self.parse(json)
        #expect((object["detail"] as? String)?.utf8.elementsEqual(texts.joined().utf8) == true)
        let lines = try #require(object["stderr_tail"] as? [String])
        #expect(lines.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
        #expect(!json.utf8.contains { $0 < 0x20 })
    }

    @Test(
        "finite doubles come back exactly",
        arguments: [
            0, -0.0, 1, -1.5, 0.1, 1e15, 1e16, 1e-7, 123_456.789, .pi, .leastNonzeroMagnitude,
            .leastNormalMagnitude, .greatestFiniteMagnitude, -Double.greatestFiniteMagnitude,
        ] as [Double])
    func doubles(value: Double) throws {
        let object = try Self.parse(JSONWriter.object(RunStarted(loadMs: value)))
        #expect(object["load_ms"] as? Double == value)
    }

    @Test("what JSON has no number for is null", arguments: [Double.nan, .infinity, -.infinity])
    func notNumbers(value: Double) throws {
        #expect(try Self.parse(JSONWriter.object(RunStarted(loadMs: value)))["load_ms"] is NSNull)
    }

    @Test("64-bit numbers are written in full", arguments: [0, 1, 1 << 53 + 1, .max] as [UInt64])
    func integers(value: UInt64) throws {
        let json = JSONWriter.object(RunMetrics(items: value))
        #expect(json.contains("\"items\":\(value)}"))
        #expect((try Self.parse(json)["items"] as? NSNumber)?.stringValue == String(value))
    }

    @Test("truths are JSON's, enumerations their names, digests hexadecimal, absent fields null")
    func forms() throws {
        let digest = Digest(bytes: [UInt8](0..<32))!
        let object = try Self.parse(
            JSONWriter.object(
                TaskSpec(family: .textEmbedding, modelDigest: digest, backends: [.webgpu, .cpu])))
        #expect(object["family"] as? String == "text_embedding")
        #expect(object["backends"] as? [String] == ["webgpu", "cpu"])
        #expect(object["model_digest"] as? String == digest.description)
        #expect(object["failover_strategy"] is NSNull)
        #expect((object["inputs"] as? [String: Any])?["digest"] is NSNull)
        let json = JSONWriter.object(RunStarted(cold: true))
        #expect(json.contains("\"cold\":true"))
    }

    @Test("bytes are their text, or hexadecimal when they are none")
    func bytes() throws {
        func inline(_ bytes: [UInt8]) throws -> String? {
            try Self.parse(JSONWriter.object(Payload(inline: bytes)))["inline"] as? String
        }
        #expect(try inline(Array("[1,\t\"é\"]\n".utf8)) == "[1,\t\"é\"]\n")
        #expect(try inline([0xff, 0x00, 0x7f]) == "hex:ff007f")
        #expect(try inline([0]) == "hex:00")
        #expect(try inline([]) == "")
    }

    @Test("lists and objects nest, empty or not")
    func nesting() throws {
        let limits = [AdapterLimit(name: "a", value: 1), AdapterLimit(name: "b", value: 2)]
        let facts = BrowserFacts(flags: [], adapter: Adapter(features: ["f"], limits: limits))
        let object = try Self.parse(
            EventPayload.browserLaunched(BrowserLaunched(facts: facts, launchMs: 2)).json)
        let parsed = try #require(object["facts"] as? [String: Any])
        #expect((parsed["flags"] as? [String])?.isEmpty == true)
        let adapter = try #require(parsed["adapter"] as? [String: Any])
        #expect(adapter["features"] as? [String] == ["f"])
        #expect((adapter["limits"] as? [[String: Any]])?.map { $0["name"] as? String } == ["a", "b"])
        #expect(object["launch_ms"] as? Double == 2)
    }
}
