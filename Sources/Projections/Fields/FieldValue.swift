import Pool

/// The value of one field, as it is shown and compared.
public enum FieldValue: Equatable, Sendable {
    /// The field is absent.
    case none
    case number(UInt64)
    case real(Double)
    case truth(Bool)
    case text(String)
    /// A value of an enumeration, by its name in the schema.
    case name(String)
    case time(EventTime)
    case list([FieldValue])

    /// Whether it says nothing: absent, zero, false, or without content.
    public var isEmpty: Bool {
        switch self {
        case .none: true
        case .number(let number): number == 0
        case .real(let number): number == 0
        case .truth(let isTrue): !isTrue
        case .text(let text): text.isEmpty
        case .name: false
        case .time(let time): time == .zero
        case .list(let values): values.isEmpty
        }
    }

    /// The value as JSON, as `JSONWriter` gives it in its message.
    public var json: String {
        switch self {
        case .none: return "null"
        case .number(let number): return "\(number)"
        case .real(let number): return number.isFinite ? "\(number)" : "null"
        case .truth(let isTrue): return isTrue ? "true" : "false"
        case .text(let text), .name(let text):
            var writer = JSONWriter()
            writer.quoted(text)
            return writer.string
        case .time(let time): return "\(time.nanoseconds)"
        case .list(let values): return "[" + values.map(\.json).joined(separator: ",") + "]"
        }
    }
}

extension FieldValue: CustomStringConvertible {
    /// The value as a condition writes it, but for texts, which stand here without quotation marks.
    public var description: String {
        switch self {
        case .none: "none"
        case .text(let text), .name(let text): text
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .number, .real, .truth, .time: json
        }
    }
}
