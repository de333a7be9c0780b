/// A browser process is to be ended. This event's sequence number is the obligation's id.
public struct BrowserCloseDecided: EventMessage {
    public static let number = 62
    public static let name: StaticString = "browser_close_decided"

    /// The browser.
    public var browser: BrowserID
    /// The incarnation to end.
    public var incarnation: IncarnationID
    /// Why.
    public var reason: CloseReason
    /// True when the browser is to be started anew afterwards.
    public var relaunch: Bool
    /// The close is decided again when it takes longer.
    public var deadline: EventTime

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        reason: CloseReason = .failed,
        relaunch: Bool = false,
        deadline: EventTime = .zero
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.reason = reason
        self.relaunch = relaunch
        self.deadline = deadline
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.choice(3, "reason", &reason)
        visitor.bool(4, "relaunch", &relaunch)
        visitor.time(5, "deadline_ns", &deadline)
    }

    public var payload: EventPayload { .browserCloseDecided(self) }
}
