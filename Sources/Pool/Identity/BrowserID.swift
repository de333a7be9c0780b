/// A browser of the pool: the sequence number of its first `browser_launch_decided`. It keeps its
/// id when it is started anew.
public struct BrowserID: EntityID {
    public let sequence: UInt64
    public init(_ sequence: UInt64) { self.sequence = sequence }
}
