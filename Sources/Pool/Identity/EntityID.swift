/// The identity of something that an event created: that event's sequence number in the log.
public protocol EntityID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Sequence number of the creating event, from 1. Zero names nothing.
    var sequence: UInt64 { get }
    init(_ sequence: UInt64)
}

extension EntityID {
    public static func < (left: Self, right: Self) -> Bool { left.sequence < right.sequence }
    public var description: String { String(sequence) }
}
