/// The random 128-bit identity of one log. A log id and a sequence number together are unique in the world.
public struct LogID: Hashable, Sendable, CustomStringConvertible {
    /// The identity as one integer; its big-endian bytes are what ``description`` spells.
    public let value: UInt128

    /// An identity with a chosen value, for simulations that derive it from their seed.
    public init(_ value: UInt128) {
        self.value = value
    }

    /// The identity that `text` spells: exactly 32 lower-case hexadecimal digits; anything else gives nil.
    public init?(parsing text: String) {
        guard let bytes = Hexadecimal.bytes(of: text, count: Self.byteCount) else { return nil }
        self.init(bytes: bytes)
    }

    /// A new identity from the system's random number generator.
    public static func random() -> LogID {
        LogID(UInt128.random(in: .min ... .max))
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(of: bytes) }

    static let byteCount = 16

    init(bytes: some Sequence<UInt8>) {
        value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * (Self.byteCount - 1 - $0))) }
    }
}
