/// A recovery: the sequence number of its `recovery_began`.
public struct RecoveryID: EntityID {
    public let sequence: UInt64
    public init(_ sequence: UInt64) { self.sequence = sequence }
}
