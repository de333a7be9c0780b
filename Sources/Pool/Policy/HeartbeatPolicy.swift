/// How a browser that falls silent is found: by phi-accrual on its signs of life.
public struct HeartbeatPolicy: WireMessage, DefaultInitializable {
    /// Time between two signs of life, in milliseconds; 0 when none are asked for.
    public var intervalMs: UInt64
    /// The suspicion from which on it is given no task, in thousandths of phi.
    public var suspectPhiMilli: UInt32
    /// The suspicion from which on it is given up, in thousandths of phi.
    public var failPhiMilli: UInt32
    /// The least silence after which it is given up, in milliseconds.
    public var failAfterMs: UInt64

    public init(
        intervalMs: UInt64 = 5000,
        suspectPhiMilli: UInt32 = 8000,
        failPhiMilli: UInt32 = 12000,
        failAfterMs: UInt64 = 15000
    ) {
        self.intervalMs = intervalMs
        self.suspectPhiMilli = suspectPhiMilli
        self.failPhiMilli = failPhiMilli
        self.failAfterMs = failAfterMs
    }

    public init() {
        self.init(intervalMs: 5000)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "interval_ms", &intervalMs)
        visitor.uint(2, "suspect_phi_milli", &suspectPhiMilli)
        visitor.uint(3, "fail_phi_milli", &failPhiMilli)
        visitor.uint(4, "fail_after_ms", &failAfterMs)
    }
}
