/// The pool's policy, in full.
public struct PoolConfigured: EventMessage {
    public static let number = 11
    public static let name: StaticString = "pool_configured"

    /// The policy.
    public var policy: PoolPolicy

    public init(policy: PoolPolicy = PoolPolicy()) {
        self.policy = policy
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.message(1, "policy", &policy)
    }

    public var payload: EventPayload { .poolConfigured(self) }
}
