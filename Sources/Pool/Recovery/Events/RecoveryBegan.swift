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
    /// The failed browser, when its healing may bring the task back.
    public var browser: BrowserID?
    /// The first recovery of the group that is resumed or rolled back together; its own id for that one.
    public var group: RecoveryID?
    /// Whether another browser had room for the task; absent in logs of decision revisions before 5.
    public var spare: Spare?
    /// What the strategy was chosen on; none where it was given.
    public var estimates: [StrategyEstimate]
    /// True when the strategy was chosen to know more of it, and not as the cheapest.
    public var explored: Bool

    public init(
        task: TaskID = TaskID(0),
        evidence: Evidence = .processExited,
        strategy: RecoveryStrategy = .immediate,
        checkpointItems: UInt64 = 0,
        deadline: EventTime = .zero,
        browser: BrowserID? = nil,
        group: RecoveryID? = nil,
        spare: Spare? = nil,
        estimates: [StrategyEstimate] = [],
        explored: Bool = false
    ) {
        self.task = task
        self.evidence = evidence
        self.strategy = strategy
        self.checkpointItems = checkpointItems
        self.deadline = deadline
        self.browser = browser
        self.group = group
        self.spare = spare
        self.estimates = estimates
        self.explored = explored
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "evidence", &evidence)
        visitor.choice(3, "strategy", &strategy)
        visitor.uint(4, "checkpoint_items", &checkpointItems)
        visitor.time(5, "deadline_ns", &deadline)
        visitor.optionalIdentifier(6, "browser", &browser)
        visitor.optionalIdentifier(7, "group", &group)
        visitor.optionalChoice(8, "spare", &spare)
        visitor.messages(9, "estimates", &estimates)
        visitor.bool(10, "explored", &explored)
    }

    public var payload: EventPayload { .recoveryBegan(self) }
}
