/// A browser's process has ended as asked.
public struct BrowserClosed: EventMessage {
    public static let number = 19
    public static let name: StaticString = "browser_closed"

    /// The close that this answers.
    public var obligation: ObligationID
    /// The browser.
    public var browser: BrowserID
    /// What it took.
    public var step: CloseStep

    public init(
        obligation: ObligationID = ObligationID(0),
        browser: BrowserID = BrowserID(0),
        step: CloseStep = .asked
    ) {
        self.obligation = obligation
        self.browser = browser
        self.step = step
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "browser", &browser)
        visitor.choice(3, "step", &step)
    }

    public var payload: EventPayload { .browserClosed(self) }
}
