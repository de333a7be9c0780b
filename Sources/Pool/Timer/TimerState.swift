/// A timer that is set.
public struct TimerState: WireMessage, DefaultInitializable {
    /// When it is due.
    public var dueAt: EventTime
    /// What it guards.
    public var kind: TimerKind
    /// Sequence number of the entity; 0 for the pool.
    public var subject: UInt64

    public init(dueAt: EventTime = .zero, kind: TimerKind = .lease, subject: UInt64 = 0) {
        self.dueAt = dueAt
        self.kind = kind
        self.subject = subject
    }

    public init() {
        self.init(dueAt: .zero)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.time(1, "due_at_ns", &dueAt)
        visitor.choice(2, "kind", &kind)
        visitor.uint(3, "subject", &subject)
    }
}
