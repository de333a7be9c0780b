/// A timer came due.
public struct TimerFired: EventMessage {
    public static let number = 30
    public static let name: StaticString = "timer_fired"

    /// What it guards.
    public var kind: TimerKind
    /// Sequence number of the entity that it guards; 0 for the pool.
    public var subject: UInt64
    /// When it was due.
    public var dueAt: EventTime

    public init(kind: TimerKind = .lease, subject: UInt64 = 0, dueAt: EventTime = .zero) {
        self.kind = kind
        self.subject = subject
        self.dueAt = dueAt
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "kind", &kind)
        visitor.uint(2, "subject", &subject)
        visitor.time(3, "due_at_ns", &dueAt)
    }

    public var payload: EventPayload { .timerFired(self) }
}
