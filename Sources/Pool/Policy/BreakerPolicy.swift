/// The one breaker: who fails too often in a row is left alone for a while.
public struct BreakerPolicy: WireMessage, DefaultInitializable {
    /// Failures in a row that open it; 0 for never.
    public var failures: UInt32
    /// How long it stays open the first time, in milliseconds; each time in a row twice as long.
    public var baseMs: UInt64
    /// Longest time that it stays open, in milliseconds.
    public var maxMs: UInt64

    public init(failures: UInt32 = 5, baseMs: UInt64 = 30000, maxMs: UInt64 = 300000) {
        self.failures = failures
        self.baseMs = baseMs
        self.maxMs = maxMs
    }

    public init() {
        self.init(failures: 5)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "failures", &failures)
        visitor.uint(2, "base_ms", &baseMs)
        visitor.uint(3, "max_ms", &maxMs)
    }
}
