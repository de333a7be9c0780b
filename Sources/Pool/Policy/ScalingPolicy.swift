/// How the pool scales between its bounds (see ``ScalingInputs``).
public struct ScalingPolicy: WireMessage, DefaultInitializable {
    /// How far back the demand is looked at that the pool is sized for, in milliseconds.
    public var stableWindowMs: UInt64
    /// How far back it is looked at to find a burst, in milliseconds; at most `stable_window_ms`.
    public var panicWindowMs: UInt64
    /// The demand in the panic window that is a burst, in percent of the lanes that the target has.
    public var panicPercent: UInt32
    /// The deviation of demand from the lanes of the target that changes nothing, in percent.
    public var tolerancePercent: UInt32
    /// The least time between two changes of the target of which the second lowers it, in milliseconds.
    public var cooldownMs: UInt64
    /// No browser is added that would bring the memory of all browsers above it, and one goes when they are, in bytes;
    /// 0 for no limit.
    public var memoryLimitBytes: UInt64

    public init(
        stableWindowMs: UInt64 = 60000,
        panicWindowMs: UInt64 = 6000,
        panicPercent: UInt32 = 200,
        tolerancePercent: UInt32 = 10,
        cooldownMs: UInt64 = 30000,
        memoryLimitBytes: UInt64 = 0
    ) {
        self.stableWindowMs = stableWindowMs
        self.panicWindowMs = panicWindowMs
        self.panicPercent = panicPercent
        self.tolerancePercent = tolerancePercent
        self.cooldownMs = cooldownMs
        self.memoryLimitBytes = memoryLimitBytes
    }

    public init() {
        self.init(stableWindowMs: 60000)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "stable_window_ms", &stableWindowMs)
        visitor.uint(2, "panic_window_ms", &panicWindowMs)
        visitor.uint(3, "panic_percent", &panicPercent)
        visitor.uint(4, "tolerance_percent", &tolerancePercent)
        visitor.uint(5, "cooldown_ms", &cooldownMs)
        visitor.uint(6, "memory_limit_bytes", &memoryLimitBytes)
    }
}
