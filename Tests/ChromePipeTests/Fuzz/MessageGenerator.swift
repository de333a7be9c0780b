/// Draws messages as a browser might send them, and damages them.
struct MessageGenerator {
    var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    // MARK: Sound messages

    /// A sound message: an answer, an error or an event, its members in any order, with others among them.
    mutating func message() -> String {
        var members: [(key: String, value: String)]
        switch number(0...3) {
        case 0:
            members = [("id", "\(number(1...50))"), ("result", object(depth: 3))]
        case 1:
            members = [("id", "\(number(1...50))"), ("error", error())]
        default:
            members = [("method", string()), ("params", object(depth: 3))]
        }
        if chance(40) { members.append(("sessionId", string())) }
        if chance(20) {
            members.append((["", "K", "data", "ids"].randomElement(using: &random)!, value(depth: 2)))
        }
        return write(members.shuffled(using: &random))
    }

    private mutating func error() -> String {
        var members = [("code", "\(number(-33_000...0))"), ("message", string())]
        if chance(30) { members.append(("data", chance(50) ? string() : value(depth: 2))) }
        return write(members.shuffled(using: &random))
    }

    private mutating func value(depth: Int) -> String {
        switch number(0...(depth > 0 ? 7 : 5)) {
        case 0: ["true", "false", "null"].randomElement(using: &random)!
        case 1: "\(number(-1_000_000...1_000_000))"
        case 2:
            ["-0", "0.5", "1E5", "-1.25e-3", "9223372036854775808", "1e308"].randomElement(using: &random)!
        case 6: object(depth: depth - 1)
        case 7: "[" + (0..<number(0...4)).map { _ in value(depth: depth - 1) }.joined(separator: ",") + "]"
        default: string()
        }
    }

    private mutating func object(depth: Int) -> String {
        write((0..<number(0...4)).map { _ in (plainText(), value(depth: depth)) })
    }

    private mutating func string() -> String {
        let pieces = (0..<number(0...5)).map { _ in
            chance(60)
                ? plainText()
                : [
                    #"\""#, #"\\"#, #"\/"#, #"\n"#, #"\u00e4"#, #"\ud83d\ude00"#, "ä", "😀", "}", "]", ",",
                    ":", #"\u0000"#,
                ]
                .randomElement(using: &random)!
        }
        return "\"" + pieces.joined() + "\""
    }

    private mutating func plainText() -> String {
        ["id", "method", "params", "result", "sessionId", "a", "value", "Page.x", "", "K"]
            .randomElement(using: &random)!
    }

    /// An object, in whose text white space may stand, and escapes in its keys.
    private mutating func write(_ members: [(key: String, value: String)]) -> String {
        let written = members.map { key, value in
            "\(space())\"\(escaped(key))\"\(space()):\(space())\(value)\(space())"
        }
        return space() + "{" + (written.isEmpty ? space() : written.joined(separator: ",")) + "}" + space()
    }

    private mutating func escaped(_ key: String) -> String {
        guard chance(10), let first = key.utf8.first else { return key }
        let digits = String(first, radix: 16)
        return "\\u00" + (chance(50) ? digits : digits.uppercased()) + key.dropFirst()
    }

    private mutating func space() -> String {
        chance(85) ? "" : [" ", "\n", "\t\r", "   "].randomElement(using: &random)!
    }

    // MARK: Damage

    private static let snippets = [
        #"\ud83d"#, #"\ude00"#, #"\ude00\ud83d"#, #"\u12"#, #"\u"#, #"\x"#, "\\", "1e999",
        "99999999999999999999", "+1",
        "-", "01", "1.", "NaN", "nul", "\"", "\"\"", "{", "}", "[", "]", ",", ":", "{}", "[]", " ", "\n",
        "\u{1}", "\u{7f}",
        #""id":3,"#, #""id":"3","#, #","sessionId":null"#, #","sessionId":7"#, #""method":5,"#,
        #""result":{},"#,
        #","error":{"code":"x"}"#, #","error":{"code":1.5,"message":"m"}"#, #"{"a":1}"#,
    ]

    /// The bytes after one to four changes: never with a NUL, which ends a message.
    mutating func damaged(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<number(1...4) { damage(&bytes) }
        return bytes.filter { $0 != 0 }
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        let range = range(in: bytes)
        switch number(0...7) {
        case 0 where !range.isEmpty: bytes[range.lowerBound] ^= 1 << UInt8(number(0...7))
        case 1 where !range.isEmpty: bytes[range.lowerBound] = UInt8(number(1...255))
        case 2: bytes.removeSubrange(range)
        case 3: bytes.insert(contentsOf: bytes[range], at: number(0...bytes.count))
        case 4: bytes.removeSubrange(range.lowerBound...)
        case 5:
            let depth = [3, 100, 600].randomElement(using: &random)!
            let opening = chance(50) ? "[" : "{\"a\":"
            let closing = opening == "[" ? "]" : "}"
            let inner = chance(80) ? "1" : ""
            let nest =
                String(repeating: opening, count: depth) + inner
                + String(repeating: closing, count: chance(70) ? depth : depth - 1)
            bytes.replaceSubrange(range, with: Array(nest.utf8))
        default:
            let snippet = Self.snippets.randomElement(using: &random)!
            bytes.insert(contentsOf: Array(snippet.utf8), at: range.lowerBound)
        }
    }

    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = number(0...bytes.count)
        return start..<min(bytes.count, start + (chance(70) ? 1 : number(0...40)))
    }

    // MARK: Chance

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }
}
