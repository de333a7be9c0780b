/// A browser left the pool.
public struct BrowserRetired: EventMessage {
    public static let number = 63
    public static let name: StaticString = "browser_retired"

    /// The browser.
    public var browser: BrowserID
    /// Why.
    public var reason: RetireReason

    public init(browser: BrowserID = BrowserID(0), reason: RetireReason = .closed) {
        self.browser = browser
        self.reason = reason
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.choice(2, "reason", &reason)
    }

    public var payload: EventPayload { .browserRetired(self) }
}
