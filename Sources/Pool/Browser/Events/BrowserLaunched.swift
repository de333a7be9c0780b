/// A browser became usable.
public struct BrowserLaunched: EventMessage {
    public static let number = 16
    public static let name: StaticString = "browser_launched"

    /// The launch that this answers.
    public var obligation: ObligationID
    /// The browser.
    public var browser: BrowserID
    /// What it is.
    public var facts: BrowserFacts
    /// Time from spawn to usable, in milliseconds.
    public var launchMs: Double

    public init(
        obligation: ObligationID = ObligationID(0),
        browser: BrowserID = BrowserID(0),
        facts: BrowserFacts = BrowserFacts(),
        launchMs: Double = 0
    ) {
        self.obligation = obligation
        self.browser = browser
        self.facts = facts
        self.launchMs = launchMs
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "browser", &browser)
        visitor.message(3, "facts", &facts)
        visitor.double(4, "launch_ms", &launchMs)
    }

    public var payload: EventPayload { .browserLaunched(self) }
}
