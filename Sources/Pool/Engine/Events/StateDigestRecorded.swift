/// The engine hashed the canonical bytes of the state.
public struct StateDigestRecorded: EventMessage {
    public static let number = 31
    public static let name: StaticString = "state_digest_recorded"

    /// Sequence number of the last event folded into that state.
    public var position: UInt64
    /// SHA-256 of the state's canonical bytes.
    public var digest: Digest

    public init(position: UInt64 = 0, digest: Digest = .zero) {
        self.position = position
        self.digest = digest
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "position", &position)
        visitor.digest(2, "digest", &digest)
    }

    public var payload: EventPayload { .stateDigestRecorded(self) }
}
