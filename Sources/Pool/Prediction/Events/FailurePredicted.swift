/// A browser is taken to be about to fail.
public struct FailurePredicted: EventMessage {
    public static let number = 85
    public static let name: StaticString = "failure_predicted"

    /// The browser.
    public var browser: BrowserID
    /// What it was told by.
    public var rule: PredictionRule
    /// The suspicion of its last silence, phi in thousandths.
    public var phiMilli: UInt32
    /// The risk of a failure within the horizon by the model, in thousandths.
    public var riskMilli: UInt32
    /// How far its signs were from what is usual.
    public var levels: SignLevels
    /// What a unit of each sign added to the logarithm of the odds, in the order of the levels.
    public var weights: [SignWeight]
    /// What spoke against a failure without signs.
    public var base: SignWeight
    /// Failures that the model had seen.
    public var failures: UInt64

    public init(
        browser: BrowserID = BrowserID(0),
        rule: PredictionRule = .phi,
        phiMilli: UInt32 = 0,
        riskMilli: UInt32 = 0,
        levels: SignLevels = SignLevels(),
        weights: [SignWeight] = [],
        base: SignWeight = SignWeight(),
        failures: UInt64 = 0
    ) {
        self.browser = browser
        self.rule = rule
        self.phiMilli = phiMilli
        self.riskMilli = riskMilli
        self.levels = levels
        self.weights = weights
        self.base = base
        self.failures = failures
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.choice(2, "rule", &rule)
        visitor.uint(3, "phi_milli", &phiMilli)
        visitor.uint(4, "risk_milli", &riskMilli)
        visitor.message(5, "levels", &levels)
        visitor.messages(6, "weights", &weights)
        visitor.message(7, "base", &base)
        visitor.uint(8, "failures", &failures)
    }

    public var payload: EventPayload { .failurePredicted(self) }
}
