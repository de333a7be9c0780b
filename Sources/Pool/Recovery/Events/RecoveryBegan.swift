/// A failure took a task's browser, and the task is to be brought back. This event's sequence
/// number is the recovery's id.
public struct RecoveryBegan: EventMessage {
    public static let number = 80
    public static let name: StaticString = "recovery_began"

    /// The member.
    public var task: TaskID
    /// What was seen of the browser.
    public var evidence: Evidence
    /// How it is answered.
    public var strategy: RecoveryStrategy
    /// Items recorded: the pinned checkpoint.
    public var checkpointItems: UInt64
    /// The recovery is rolled back when it takes longer.
    public var deadline: EventTime

    public init(
        task: TaskID = TaskID(0),
        evidence: Evidence = .processExited,
        strategy: RecoveryStrategy = .immediate,
        checkpointItems: UInt64 = 0,
        deadline: EventTime = .zero
    ) {
        self.task = task
        self.evidence = evidence
        self.strategy = strategy
        self.checkpointItems = checkpointItems
        self.deadline = deadline
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "evidence", &evidence)
        visitor.choice(3, "strategy", &strategy)
        visitor.uint(4, "checkpoint_items", &checkpointItems)
        visitor.time(5, "deadline_ns", &deadline)
    }

    public var payload: EventPayload { .recoveryBegan(self) }
}
