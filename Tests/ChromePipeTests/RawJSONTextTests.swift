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
}
