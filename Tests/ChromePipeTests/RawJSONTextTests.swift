import ChromePipe
import Testing

@Suite("JSON in a JSON string")
struct RawJSONTextTests {
    @Test(
        "is what it stands for",
        arguments: [
            (#""""#, ""), (#""{\"a\":[1,2.5]}""#, #"{"a":[1,2.5]}"#),
            (#""\\\"\/\b\f\n\r\t""#, "\\\"/\u{8}\u{c}\n\r\t"),
            (#""ä\u00e4\u20AC\ud83d\ude00x""#, "ää€😀x"), (#""\\""#, "\\"),
        ])
    func embedded(_ text: String, _ expected: String) {
        #expect(RawJSON(text).embedded()?.description == expected)
    }

    @Test(
        "that is no sound string is none",
        arguments: [
            "1", "{}", "\"", "\"a", #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud83d""#, #""\ud83dx""#, #""a\""#,
        ])
    func unsound(_ text: String) {
        #expect(RawJSON(text).embedded() == nil)
    }

    @Test(
        "half of a surrogate pair is read as U+FFFD, wherever it stands",
        arguments: [
            (#""\ud83d""#, "\u{FFFD}"), (#""\ude00\ud83d!""#, "\u{FFFD}\u{FFFD}!"),
            (#""\uD83Dx\n""#, "\u{FFFD}x\n"),
            (#""\ud83d\ud83d\ude00\udE00""#, "\u{FFFD}😀\u{FFFD}"),
            (#""\\ud83d\ude00""#, #"\ud83d"# + "\u{FFFD}"),
            (#""\u00e4\ud83d\u0041""#, "ä\u{FFFD}A"),
        ])
    func halfPairs(_ text: String, _ expected: String) throws {
        #expect(try RawJSON(text).decode(String.self) == expected)
        #expect(try RawJSON("[\(text)]").decode([String].self) == [expected])
    }

    @Test(
        "what is malformed besides a half pair is malformed",
        arguments: [#"["\ud83d","#, #""\ud83d\x""#, "[1"])
    func malformed(_ text: String) {
        #expect(throws: DecodingError.self) { try RawJSON(text).decode([String].self) }
    }
}
