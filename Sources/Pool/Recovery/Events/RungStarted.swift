/// A recovery takes a step.
public struct RungStarted: EventMessage {
    public static let number = 81
    public static let name: StaticString = "rung_started"

    /// The recovery.
    public var recovery: RecoveryID
    /// The step.
    public var rung: Rung
    /// Attempts in a row without a recorded item, this one included.
    public var attempt: UInt32
    /// The browser whose healing the task waits for.
    public var browser: BrowserID?

    public init(
        recovery: RecoveryID = RecoveryID(0),
        rung: Rung = .failOver,
        attempt: UInt32 = 0,
        browser: BrowserID? = nil
    ) {
        self.recovery = recovery
        self.rung = rung
        self.attempt = attempt
        self.browser = browser
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "recovery", &recovery)
        visitor.choice(2, "rung", &rung)
        visitor.uint(3, "attempt", &attempt)
        visitor.optionalIdentifier(4, "browser", &browser)
    }

    public var payload: EventPayload { .rungStarted(self) }
}
