/// A browser has failed too often in a row and is given no task for a while: it is quarantined.
public struct BreakerOpened: EventMessage {
    public static let number = 64
    public static let name: StaticString = "breaker_opened"

    /// The browser.
    public var browser: BrowserID
    /// Failures in a row, without a run that completed there in between.
    public var failures: UInt32
    /// Times that the breaker was opened in a row, this one included.
    public var openings: UInt32
    /// The browser is tried again then.
    public var until: EventTime
    /// Other browsers that work can be given to.
    public var others: UInt32

    public init(
        browser: BrowserID = BrowserID(0),
        failures: UInt32 = 0,
        openings: UInt32 = 0,
        until: EventTime = .zero,
        others: UInt32 = 0
    ) {
        self.browser = browser
        self.failures = failures
        self.openings = openings
        self.until = until
        self.others = others
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.uint(2, "failures", &failures)
        visitor.uint(3, "openings", &openings)
        visitor.time(4, "until_ns", &until)
        visitor.uint(5, "others", &others)
    }

    public var payload: EventPayload { .breakerOpened(self) }
}
