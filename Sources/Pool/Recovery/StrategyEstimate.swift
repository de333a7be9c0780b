/// What is known of a strategy where one is chosen.
public struct StrategyEstimate: WireMessage, DefaultInitializable {
    /// The strategy.
    public var strategy: RecoveryStrategy
    /// Recoveries by it after the same evidence, with as much of a spare browser.
    public var trials: UInt32
    /// Those of them that brought their task back.
    public var succeeded: UInt32
    /// What one is expected to cost, in microseconds: time until the task runs again, and lane time of those that lost
    /// its race.
    public var costUs: UInt64
    /// The same at its most hopeful, in microseconds: the strategy with the least is chosen.
    public var boundUs: UInt64

    public init(
        strategy: RecoveryStrategy = .immediate,
        trials: UInt32 = 0,
        succeeded: UInt32 = 0,
        costUs: UInt64 = 0,
        boundUs: UInt64 = 0
    ) {
        self.strategy = strategy
        self.trials = trials
        self.succeeded = succeeded
        self.costUs = costUs
        self.boundUs = boundUs
    }

    public init() {
        self.init(boundUs: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "strategy", &strategy)
        visitor.uint(2, "trials", &trials)
        visitor.uint(3, "succeeded", &succeeded)
        visitor.uint(4, "cost_us", &costUs)
        visitor.uint(5, "bound_us", &boundUs)
    }
}
