/// When a browser is taken to be about to fail, and whether its work is moved before it does.
public struct PredictionPolicy: WireMessage, DefaultInitializable {
    /// How it is told.
    public var rule: PredictionRule
    /// Whether predictions are recorded and nothing else is done about them.
    public var observesOnly: Bool
    /// How far ahead a failure is predicted, in milliseconds.
    public var horizonMs: UInt64
    /// The suspicion from which on a failure is predicted by phi, in thousandths.
    public var phiMilli: UInt32
    /// The risk from which on a failure is predicted by the model, in thousandths.
    public var riskMilli: UInt32

    public init(
        rule: PredictionRule = .model,
        observesOnly: Bool = false,
        horizonMs: UInt64 = 15000,
        phiMilli: UInt32 = 3000,
        riskMilli: UInt32 = 300
    ) {
        self.rule = rule
        self.observesOnly = observesOnly
        self.horizonMs = horizonMs
        self.phiMilli = phiMilli
        self.riskMilli = riskMilli
    }

    public init() {
        self.init(rule: .model)
    }

    /// The horizon in nanoseconds.
    var horizonNs: UInt64 {
        let (ns, overflow) = horizonMs.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : ns
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "rule", &rule)
        visitor.bool(2, "observes_only", &observesOnly)
        visitor.uint(3, "horizon_ms", &horizonMs)
        visitor.uint(4, "phi_milli", &phiMilli)
        visitor.uint(5, "risk_milli", &riskMilli)
    }
}
