/// Writes messages as JSON, one field per field of the schema and under its name. Every field is written, also those
/// that are zero; absent ones are null. Numbers are JSON numbers (64-bit ones too), enumerations their names, digests
/// hexadecimal, other bytes the text that they are if they are UTF-8, else hexadecimal after `hex:`.
public struct JSONWriter: FieldVisitor {
    public static var isReadOnly: Bool { true }

    private var text: [UInt8] = []
    private var needsComma = false

    public init() {}

    /// The JSON of one message.
    public static func object<M: WireMessage>(_ message: M) -> String {
        var writer = JSONWriter()
        writer.object(message)
        return writer.string
    }

    public var string: String { String(decoding: text, as: UTF8.self) }

    /// Bytes as a text: what they are if they are UTF-8, else hexadecimal after `hex:`.
    public static func readable(_ bytes: [UInt8]) -> String {
        if let string = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 9 }) {
            return string
        }
        return "hex:" + Hexadecimal.text(bytes)
    }

    mutating func object<M: WireMessage>(_ message: M) {
        var message = message
        braces { message.visit(&$0) }
    }

    public mutating func braces(_ body: (inout Self) -> Void) {
        text.append(UInt8(ascii: "{"))
        needsComma = false
        body(&self)
        text.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Writes a member's key, with the comma before it.
    public mutating func key(_ name: String) {
        if needsComma { text.append(UInt8(ascii: ",")) }
        quoted(name)
        text.append(UInt8(ascii: ":"))
        needsComma = true
    }

    public mutating func raw(_ json: String) { text.append(contentsOf: json.utf8) }

    /// Writes a JSON string (RFC 8259, section 7).
    public mutating func quoted(_ string: String) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): text += Array("\\n".utf8)
            case 0..<0x20:
                text += Array("\\u00".utf8)
                text += Array(Hexadecimal.text([byte]).utf8)
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private mutating func list<Element>(
        _ name: StaticString, _ elements: [Element], _ each: (inout Self, Element) -> Void
    ) {
        key(name.description)
        text.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            each(&self, element)
        }
        text.append(UInt8(ascii: "]"))
        needsComma = true
    }

    private mutating func member(_ name: StaticString, _ json: String) {
        key(name.description)
        raw(json)
    }

    private mutating func optional<Value>(
        _ name: StaticString, _ value: Value?, _ write: (inout Self, Value) -> Void
    ) {
        key(name.description)
        if let value { write(&self, value) } else { raw("null") }
    }

    public mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        member(name, String(value))
    }

    public mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        member(name, String(value))
    }

    public mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        member(name, value ? "true" : "false")
    }

    public mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        member(name, value.isFinite ? value.description : "null")
    }

    public mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        key(name.description)
        quoted(value)
    }

    public mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        list(name, value) { $0.quoted($1) }
    }

    public mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        key(name.description)
        quoted(Self.readable(value))
    }

    public mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        member(name, String(value.nanoseconds))
    }

    public mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        key(name.description)
        quoted(value.description)
    }

    public mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        optional(name, value) { $0.quoted($1.description) }
    }

    public mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        list(name, value) { $0.quoted($1.description) }
    }

    public mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        member(name, value.description)
    }

    public mutating func optionalIdentifier<ID: EntityID>(
        _ number: Int, _ name: StaticString, _ value: inout ID?
    ) {
        optional(name, value) { $0.raw($1.description) }
    }

    public mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        list(name, value) { $0.raw($1.description) }
    }

    public mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        key(name.description)
        quoted(value.name.description)
    }

    public mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        optional(name, value) { $0.quoted($1.name.description) }
    }

    public mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        list(name, value) { $0.quoted($1.name.description) }
    }

    public mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        key(name.description)
        object(value)
    }

    public mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        optional(name, value) { $0.object($1) }
    }

    public mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        list(name, value) { $0.object($1) }
    }
}

extension EventPayload {
    /// The fields of the payload as a JSON object.
    public var json: String {
        var visitor = ObjectOf()
        return accept(&visitor)
    }

    private struct ObjectOf: PayloadVisitor {
        mutating func visit<M: EventMessage>(_ message: inout M) -> String { JSONWriter.object(message) }
    }
}
