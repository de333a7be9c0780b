import Crypto

/// The SHA-256 digest under which a blob is stored.
public struct BlobDigest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 32 bytes of the digest.
    public let bytes: [UInt8]

    /// The digest of `content`.
    public init(of content: [UInt8]) {
        bytes = SHA256.hash(data: content).array
    }

    static let byteCount = SHA256.byteCount

    /// A digest from 32 bytes of the log.
    init(stored bytes: some Collection<UInt8>) {
        precondition(bytes.count == Self.byteCount, "a digest has 32 bytes")
        self.bytes = Array(bytes)
    }

    /// The digest that `text` spells: exactly 64 lower-case hexadecimal digits; anything else gives nil.
    public init?(parsing text: String) {
        guard let bytes = Hexadecimal.bytes(of: text, count: SHA256.byteCount) else { return nil }
        self.bytes = bytes
    }

    /// A digest from its 32 bytes, as a record holds them; any other count gives nil.
    public init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(of: bytes) }

    /// Orders digests by their bytes, which is also the order of their descriptions.
    public static func < (left: BlobDigest, right: BlobDigest) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
