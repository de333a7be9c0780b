/// A run completed on a browser that was on probation.
public struct BreakerClosed: EventMessage {
    public static let number = 66
    public static let name: StaticString = "breaker_closed"

    /// The browser.
    public var browser: BrowserID

    public init(browser: BrowserID = BrowserID(0)) {
        self.browser = browser
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
    }

    public var payload: EventPayload { .breakerClosed(self) }
}
