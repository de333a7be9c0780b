/// One process of a browser: the sequence number of the `browser_launch_decided` that started it.
public struct IncarnationID: EntityID {
    public let sequence: UInt64
    public init(_ sequence: UInt64) { self.sequence = sequence }
}
