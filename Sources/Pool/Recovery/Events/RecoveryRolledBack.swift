/// A recovery was given up; its member is back at the pinned checkpoint.
public struct RecoveryRolledBack: EventMessage {
    public static let number = 83
    public static let name: StaticString = "recovery_rolled_back"

    /// The recovery.
    public var recovery: RecoveryID
    /// The member.
    public var task: TaskID
    /// Why.
    public var reason: RollbackReason

    public init(
        recovery: RecoveryID = RecoveryID(0),
        task: TaskID = TaskID(0),
        reason: RollbackReason = .timedOut
    ) {
        self.recovery = recovery
        self.task = task
        self.reason = reason
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "recovery", &recovery)
        visitor.identifier(2, "task", &task)
        visitor.choice(3, "reason", &reason)
    }

    public var payload: EventPayload { .recoveryRolledBack(self) }
}
