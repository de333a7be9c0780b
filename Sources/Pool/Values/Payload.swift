/// Bytes that an event carries: inline up to 1 KiB, else by digest in the log's blob folder.
/// Exactly one of both.
public struct Payload: WireMessage, DefaultInitializable {
    /// The bytes themselves; empty when `digest` is set.
    public var inline: [UInt8]
    /// SHA-256 of the bytes, which is their name in the blob folder.
    public var digest: Digest?
    /// Length of the bytes, in bytes.
    public var sizeBytes: UInt64

    public init(inline: [UInt8] = [], digest: Digest? = nil, sizeBytes: UInt64 = 0) {
        self.inline = inline
        self.digest = digest
        self.sizeBytes = sizeBytes
    }

    public init() {
        self.init(inline: [])
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.bytes(1, "inline", &inline)
        visitor.optionalDigest(2, "digest", &digest)
        visitor.uint(3, "size_bytes", &sizeBytes)
    }
}
