/// A recovery under way.
public struct RecoveryState: WireMessage, DefaultInitializable {
    /// The recovery.
    public var id: RecoveryID
    /// The member.
    public var task: TaskID
    /// What was seen.
    public var evidence: Evidence
    /// The strategy.
    public var strategy: RecoveryStrategy
    /// When it began.
    public var beganAt: EventTime
    /// When it is rolled back.
    public var deadline: EventTime
    /// The pinned checkpoint.
    public var checkpointItems: UInt64
    /// The failed browser, when its healing may bring the task back.
    public var browser: BrowserID?
    /// The first recovery of the group that is resumed or rolled back together.
    public var group: RecoveryID?
    /// The last rung taken, of one that has a browser.
    public var rung: Rung?
    /// True when its task runs again and others of its group do not yet.
    public var resumed: Bool
    /// Whether another browser had room for the task when it began; absent in logs of decision revisions before 5.
    public var spare: Spare?
    /// Lane time of allocations that lost its race, in nanoseconds.
    public var raceNs: UInt64

    public init(
        id: RecoveryID = RecoveryID(0),
        task: TaskID = TaskID(0),
        evidence: Evidence = .processExited,
        strategy: RecoveryStrategy = .immediate,
        beganAt: EventTime = .zero,
        deadline: EventTime = .zero,
        checkpointItems: UInt64 = 0,
        browser: BrowserID? = nil,
        group: RecoveryID? = nil,
        rung: Rung? = nil,
        resumed: Bool = false,
        spare: Spare? = nil,
        raceNs: UInt64 = 0
    ) {
        self.id = id
        self.task = task
        self.evidence = evidence
        self.strategy = strategy
        self.beganAt = beganAt
        self.deadline = deadline
        self.checkpointItems = checkpointItems
        self.browser = browser
        self.group = group
        self.rung = rung
        self.resumed = resumed
        self.spare = spare
        self.raceNs = raceNs
    }

    public init() {
        self.init(id: RecoveryID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "id", &id)
        visitor.identifier(2, "task", &task)
        visitor.choice(3, "evidence", &evidence)
        visitor.choice(4, "strategy", &strategy)
        visitor.time(5, "began_at_ns", &beganAt)
        visitor.time(6, "deadline_ns", &deadline)
        visitor.uint(7, "checkpoint_items", &checkpointItems)
        visitor.optionalIdentifier(8, "browser", &browser)
        visitor.optionalIdentifier(9, "group", &group)
        visitor.optionalChoice(10, "rung", &rung)
        visitor.bool(11, "resumed", &resumed)
        visitor.optionalChoice(12, "spare", &spare)
        visitor.uint(13, "race_ns", &raceNs)
    }
}
