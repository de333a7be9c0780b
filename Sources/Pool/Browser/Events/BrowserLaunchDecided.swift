/// A browser process is to be started. For a new browser this event's sequence number is its id; in
/// any case it is the id of the incarnation and of the obligation.
public struct BrowserLaunchDecided: EventMessage {
    public static let number = 60
    public static let name: StaticString = "browser_launch_decided"

    /// The browser to start anew; absent for a new one.
    public var browser: BrowserID?
    /// Why.
    public var reason: LaunchReason
    /// The launch has failed when it takes longer.
    public var deadline: EventTime

    public init(browser: BrowserID? = nil, reason: LaunchReason = .demand, deadline: EventTime = .zero) {
        self.browser = browser
        self.reason = reason
        self.deadline = deadline
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.optionalIdentifier(1, "browser", &browser)
        visitor.choice(2, "reason", &reason)
        visitor.time(3, "deadline_ns", &deadline)
    }

    public var payload: EventPayload { .browserLaunchDecided(self) }
}
