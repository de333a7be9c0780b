/// A side effect that is owed: the sequence number of the event that decided it.
public struct ObligationID: EntityID {
    public let sequence: UInt64
    public init(_ sequence: UInt64) { self.sequence = sequence }
}
