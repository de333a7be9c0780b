/// A quarantine is over: the browser is given one task at a time until a run completes there.
public struct BreakerHalfOpened: EventMessage {
    public static let number = 65
    public static let name: StaticString = "breaker_half_opened"

    /// The browser.
    public var browser: BrowserID

    public init(browser: BrowserID = BrowserID(0)) {
        self.browser = browser
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
    }

    public var payload: EventPayload { .breakerHalfOpened(self) }
}
