/// Records that are appended together: after any crash all of them are in the log, or none.
public struct Step: Hashable, Sendable {
    /// The records in order; at least one.
    public var records: [[UInt8]]
    /// Contents that the records refer to by ``BlobDigest``; durable before the records are.
    public var blobs: [[UInt8]]

    /// A step of `records`, and of the `blobs` that they refer to.
    public init(records: [[UInt8]], blobs: [[UInt8]] = []) {
        self.records = records
        self.blobs = blobs
    }
}
