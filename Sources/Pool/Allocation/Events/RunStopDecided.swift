/// A run is no longer wanted and is to be stopped. This event's sequence number is the obligation's
/// id.
public struct RunStopDecided: EventMessage {
    public static let number = 72
    public static let name: StaticString = "run_stop_decided"

    /// The run to stop.
    public var run: ObligationID
    /// The browser that it runs on.
    public var browser: BrowserID
    /// The browser has hung when stopping takes longer.
    public var deadline: EventTime

    public init(
        run: ObligationID = ObligationID(0),
        browser: BrowserID = BrowserID(0),
        deadline: EventTime = .zero
    ) {
        self.run = run
        self.browser = browser
        self.deadline = deadline
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "run", &run)
        visitor.identifier(2, "browser", &browser)
        visitor.time(3, "deadline_ns", &deadline)
    }

    public var payload: EventPayload { .runStopDecided(self) }
}
