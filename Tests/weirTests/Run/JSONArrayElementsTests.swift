import Testing

@testable import weir

@Suite("The elements of a JSON array")
struct JSONArrayElementsTests {
    private static func split(_ text: String) -> [String]? {
        JSONArrayElements.split(Array(text.utf8)).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    @Test(
        "are the texts between its own commas",
        arguments: [
            ("[]", []), ("[1]", ["1"]), (#"[{"a":[1,2]},{"b":"x"}]"#, [#"{"a":[1,2]}"#, #"{"b":"x"}"#]),
            (#"["a,b]","c\",d"]"#, [#""a,b]""#, #""c\",d""#]), (#"["\\","x"]"#, [#""\\""#, #""x""#]),
        ])
    func elements(text: String, expected: [String]) {
        #expect(Self.split(text) == expected)
    }

    @Test("are nothing for what is no array", arguments: ["", "[", "{}", "[1", "1]"])
    func noArray(text: String) {
        #expect(Self.split(text) == nil)
    }
}
