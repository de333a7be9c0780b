import Crypto

/// The identity of a stream: records that are read together, in their order in the log.
///
/// It is opaque to the log. A record may belong to up to ``Step/streamsLimit`` streams; a stream exists from its first
/// record on.
public struct StreamID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The identity as one integer; in the log it stands in big-endian bytes.
    public let value: UInt128

    /// A stream with a chosen value, such as a UUID's 128 bits.
    public init(_ value: UInt128) {
        self.value = value
    }

    /// The stream of a name: the first 16 bytes of the name's SHA-256 digest.
    public init(name: String) {
        self.init(prefixOf: SHA256.hash(data: Array(name.utf8)))
    }

    /// The stream that `text` spells, as ``description`` does; anything else gives nil.
    public init?(parsing text: String) {
        guard let bytes = Hexadecimal.bytes(of: text, count: Self.byteCount) else { return nil }
        self.init(prefixOf: bytes)
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String {
        Hexadecimal.text(of: (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * $0)) })
    }

    /// Orders streams by their values, which is also the order of their descriptions.
    public static func < (left: StreamID, right: StreamID) -> Bool { left.value < right.value }

    static let byteCount = 16

    init(prefixOf bytes: some Sequence<UInt8>) {
        value = bytes.prefix(Self.byteCount).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
