import Testing

@testable import ChromePipe

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
            "1", "{}", "\"", "\"a", #""a"b""#, #""\"",""#, #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud83d""#,
            #""\ud83dx""#, #""a\""#,
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

    @Test("a member is found by what its key stands for, and the last one of a name counts")
    func member() {
        let object = RawJSON(#"{"\u0061b":1,"\"":2,"K":3,"c":4,"c":5,"\x":6,"\ud83d":7}"#)
        #expect(object.member("ab")?.description == "1")
        #expect(object.member("\"")?.description == "2")
        #expect(object.member("c")?.description == "5")
        #expect(object.member(#"\x"#)?.description == "6")
        // The sign of Kelvin looks like the letter, and is the same string to Swift.
        #expect(object.member("\u{212A}") == nil)
        #expect(RawJSON("{\"\u{212A}\":3}").member("K") == nil)
        #expect(RawJSON(#"{"":1,"a":2}"#).member("")?.description == "1")
        #expect(RawJSON(#"{"a":2}"#).member("") == nil)
        #expect(RawJSON(#"{"a":2"#).member("a") == nil)
    }

    @Test("several members are found in one pass, each as it is alone")
    func members() throws {
        let object = RawJSON(#"{"\u0061b":1,"":2,"c":3,"c":{"c":4}}"#)
        var found: [String: String] = [:]
        try object.visitMembers { name, value in
            switch name {
            case "c": found["c"] = object.slice(value).description
            case "ab": found["ab"] = object.slice(value).description
            case "a": found["a"] = object.slice(value).description
            case "": found[""] = object.slice(value).description
            default: Issue.record("\(object.slice(value))")
            }
        }
        #expect(found == ["c": #"{"c":4}"#, "ab": "1", "": "2"])
        #expect(throws: MalformedJSON.self) { try RawJSON(#"{"c":3"#).visitMembers { _, _ in } }
    }

    @Test("a text is read as it is decoded, and nothing else is one")
    func text() throws {
        for text in [#""""#, #""plain""#, #""a\"b\u00e9\ud83d""#, "\"Łódź\""] {
            #expect(RawJSON(text).isText)
            #expect(try RawJSON(text).text() == RawJSON(text).decode(String.self))
        }
        for text in ["", "1", "null", "\"", #""a"b""#, #""\x""#, #"["a"]"#] {
            #expect(!RawJSON(text).isText)
            #expect(throws: DecodingError.self) { try RawJSON(text).text() }
        }
    }

    @Test("an integer is what JSON writes as one and `Int` can hold")
    func integer() {
        for value in [0, 1, 7, -1, 10, .max, .min] { #expect(RawJSON("\(value)").integer == value) }
        for text in [
            "", "-", "+1", "-0", "01", "-01", "1.0", "1e3", "0x1", " 1", "1 ", "9223372036854775808",
            "-9223372036854775809", "99999999999999999999", #""1""#, "null",
        ] {
            #expect(RawJSON(text).integer == nil, "\(text)")
        }
    }
}
