/// A field whose value is out of bounds.
public struct FieldError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The field's name in the schema, with the path to it.
    public let field: String
    public let value: String
    /// What is allowed, in words.
    public let allowed: String

    init(_ field: String, _ value: some CustomStringConvertible, allowed: String) {
        self.field = field
        self.value = value.description
        self.allowed = allowed
    }

    public var description: String { "\(field) is \(value); allowed is \(allowed)" }
}
