/// What recoveries by one strategy cost after one evidence.
public struct StrategyExperience: WireMessage, DefaultInitializable {
    /// What was seen.
    public var evidence: Evidence
    /// Whether another browser had room for the task when the recovery began.
    public var spare: Spare
    /// The strategy.
    public var strategy: RecoveryStrategy
    /// Recoveries that have ended.
    public var trials: UInt32
    /// Those that brought their task back.
    public var succeeded: UInt32
    /// Mean cost, in microseconds: of the first 16, then each new one counts a sixteenth.
    public var costUs: UInt64
    /// Mean lane time of those that lost its race, a part of the cost, in microseconds.
    public var raceUs: UInt64

    public init(
        evidence: Evidence = .processExited,
        spare: Spare = .none,
        strategy: RecoveryStrategy = .immediate,
        trials: UInt32 = 0,
        succeeded: UInt32 = 0,
        costUs: UInt64 = 0,
        raceUs: UInt64 = 0
    ) {
        self.evidence = evidence
        self.spare = spare
        self.strategy = strategy
        self.trials = trials
        self.succeeded = succeeded
        self.costUs = costUs
        self.raceUs = raceUs
    }

    public init() {
        self.init(costUs: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "evidence", &evidence)
        visitor.choice(2, "spare", &spare)
        visitor.choice(3, "strategy", &strategy)
        visitor.uint(4, "trials", &trials)
        visitor.uint(5, "succeeded", &succeeded)
        visitor.uint(6, "cost_us", &costUs)
        visitor.uint(7, "race_us", &raceUs)
    }
}
