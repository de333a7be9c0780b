import Pool
import Projections

/// Writes the fields of a message that are not empty as `name=value`, long ones shortened.
struct TextFields: FieldVisitor {
    private var parts: [String] = []

    /// Characters of a text that are shown.
    private static let shownCharacters = 100

    static func of(_ payload: EventPayload) -> String {
        var fields = TextFields()
        payload.visitFields(&fields)
        return fields.parts.joined(separator: " ")
    }

    private static func of<M: WireMessage>(_ message: M) -> String {
        var message = message
        var fields = TextFields()
        message.visit(&fields)
        return fields.parts.joined(separator: " ")
    }

    private mutating func add(_ name: StaticString, _ value: String) { parts.append("\(name)=\(value)") }

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        if value != 0 { add(name, "\(value)") }
    }

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        if value != 0 { add(name, "\(value)") }
    }

    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        if value { add(name, "true") }
    }

    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        if value != 0 { add(name, Format.fixed(value, 2)) }
    }

    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        guard !value.isEmpty else { return }
        let shown = value.prefix(Self.shownCharacters)
        let escaped = Wording.line(String(shown))
        let text = escaped + (shown.count < value.count ? "…" : "")
        add(name, text.contains(" ") ? "\"\(text)\"" : text)
    }

    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        if !value.isEmpty { add(name, "[\(value.count)]") }
    }

    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        if !value.isEmpty { add(name, Format.count(value.count, "byte").replacing(" ", with: "_")) }
    }

    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        if value != .zero { add(name, String(Format.time(value).dropFirst(11).prefix(12))) }
    }

    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        add(name, String(value.description.prefix(12)))
    }

    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        if var present = value { digest(number, name, &present) }
    }

    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        if !value.isEmpty { add(name, "[\(value.count)]") }
    }

    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        add(name, "\(value)")
    }

    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?) {
        if let value { add(name, "\(value)") }
    }

    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        if !value.isEmpty { add(name, value.map(\.description).joined(separator: ",")) }
    }

    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        add(name, "\(value.name)")
    }

    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        if let value { add(name, "\(value.name)") }
    }

    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        if !value.isEmpty { add(name, value.map(\.name.description).joined(separator: ",")) }
    }

    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        let inner = Self.of(value)
        if !inner.isEmpty { add(name, "{\(inner)}") }
    }

    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        if var present = value { message(number, name, &present) }
    }

    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        if !value.isEmpty { add(name, "[\(value.count)]") }
    }
}
