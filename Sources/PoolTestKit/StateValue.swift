import Pool
import Projections

/// The value of a field, as a test names it: a literal of its number, its truth, or its text as `weir diff` shows it.
public struct StateValue: Hashable, Sendable {
    private let text: String

    /// No value: the field is absent.
    public static let none = StateValue(FieldValue.none)

    /// A time; it is shown in nanoseconds.
    public static func time(_ time: EventTime) -> StateValue { StateValue(.time(time)) }

    /// The id of an entity.
    public static func id(_ id: some EntityID) -> StateValue { StateValue(.number(id.sequence)) }

    init(_ value: FieldValue) { text = "\(value)" }
}

extension StateValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    public init(stringLiteral text: String) { self.text = text }
    public init(integerLiteral number: UInt64) { self.init(.number(number)) }
    public init(booleanLiteral isTrue: Bool) { self.init(.truth(isTrue)) }
}

extension StateValue: CustomStringConvertible {
    public var description: String { text }
}
