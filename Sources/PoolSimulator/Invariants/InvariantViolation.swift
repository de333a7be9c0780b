/// An invariant that does not hold, and where that showed.
public struct InvariantViolation: Error, Equatable, Sendable, CustomStringConvertible {
    public var invariant: Invariant
    /// Sequence number of the event at which it showed; for what an executor did, of the last event before.
    public var sequence: UInt64
    /// What is wrong, in words.
    public var detail: String

    public init(invariant: Invariant, sequence: UInt64, detail: String) {
        self.invariant = invariant
        self.sequence = sequence
        self.detail = detail
    }

    public var description: String { "\(invariant.rawValue) does not hold at event \(sequence): \(detail)" }
}
