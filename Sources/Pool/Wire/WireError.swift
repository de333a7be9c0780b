/// Why bytes are not a message of this schema.
public enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end in the middle of a field.
    case truncated(message: String)
    /// A field number that this version does not know: the writer is newer.
    case unknownField(message: String, number: Int)
    /// A payload number that this version does not know: the writer is newer.
    case unknownPayload(number: Int)
    /// A value of an enumeration that this version does not know: the writer is newer.
    case unknownValue(field: String, value: UInt64)
    /// A field that must be there is not.
    case missingField(message: String, number: Int)
    /// A message field that can be there once is there twice, or an event has two payloads.
    case duplicateField(message: String, number: Int)
    /// A field has the wrong wire type, length or encoding.
    case malformed(message: String, field: String)

    public var description: String {
        switch self {
        case .truncated(let message):
            "the bytes end in the middle of a field of \(message)"
        case .unknownField(let message, let number):
            "\(message) has field number \(number), which this version does not know; a newer Weir wrote it"
        case .unknownPayload(let number):
            "the event has payload number \(number), which this version does not know; a newer Weir wrote it"
        case .unknownValue(let field, let value):
            "field \(field) has value \(value), which this version does not know; a newer Weir wrote it"
        case .missingField(let message, let number):
            "\(message) lacks its field number \(number)"
        case .duplicateField(let message, let number):
            "\(message) has more than one value where field number \(number) stands; the record is damaged"
        case .malformed(let message, let field):
            "field \(field) of \(message) is malformed"
        }
    }
}
