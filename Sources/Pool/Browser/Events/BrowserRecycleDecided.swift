/// A browser that has not failed is to be started anew as soon as its lanes are free; it is given
/// nothing before.
public struct BrowserRecycleDecided: EventMessage {
    public static let number = 69
    public static let name: StaticString = "browser_recycle_decided"

    /// The browser.
    public var browser: BrowserID
    /// Why.
    public var reason: RecycleReason
    /// How long its process has been usable, in milliseconds.
    public var ageMs: UInt64
    /// Runs that it completed.
    public var runsCompleted: UInt32
    /// Memory that it used at its last sample, in bytes.
    public var memoryBytes: UInt64

    public init(
        browser: BrowserID = BrowserID(0),
        reason: RecycleReason = .age,
        ageMs: UInt64 = 0,
        runsCompleted: UInt32 = 0,
        memoryBytes: UInt64 = 0
    ) {
        self.browser = browser
        self.reason = reason
        self.ageMs = ageMs
        self.runsCompleted = runsCompleted
        self.memoryBytes = memoryBytes
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.choice(2, "reason", &reason)
        visitor.uint(3, "age_ms", &ageMs)
        visitor.uint(4, "runs_completed", &runsCompleted)
        visitor.uint(5, "memory_bytes", &memoryBytes)
    }

    public var payload: EventPayload { .browserRecycleDecided(self) }
}
