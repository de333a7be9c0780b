/// The one backoff and the one budget for everything that is tried again.
public struct RetryPolicy: WireMessage, DefaultInitializable {
    /// Delay before the first repeated attempt, in milliseconds.
    public var baseMs: UInt64
    /// Longest delay, in milliseconds.
    public var maxMs: UInt64
    /// Attempts that may fail in a row without any item recorded in between.
    public var budget: UInt32

    public init(baseMs: UInt64 = 100, maxMs: UInt64 = 10000, budget: UInt32 = 5) {
        self.baseMs = baseMs
        self.maxMs = maxMs
        self.budget = budget
    }

    public init() {
        self.init(baseMs: 100)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "base_ms", &baseMs)
        visitor.uint(2, "max_ms", &maxMs)
        visitor.uint(3, "budget", &budget)
    }
}
