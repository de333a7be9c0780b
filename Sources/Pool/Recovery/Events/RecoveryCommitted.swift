/// The member of a recovery runs again.
public struct RecoveryCommitted: EventMessage {
    public static let number = 82
    public static let name: StaticString = "recovery_committed"

    /// The recovery.
    public var recovery: RecoveryID
    /// The member.
    public var task: TaskID
    /// Time since the recovery began, in nanoseconds.
    public var durationNs: UInt64

    public init(recovery: RecoveryID = RecoveryID(0), task: TaskID = TaskID(0), durationNs: UInt64 = 0) {
        self.recovery = recovery
        self.task = task
        self.durationNs = durationNs
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "recovery", &recovery)
        visitor.identifier(2, "task", &task)
        visitor.uint(3, "duration_ns", &durationNs)
    }

    public var payload: EventPayload { .recoveryCommitted(self) }
}
