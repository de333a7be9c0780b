/// A rung that was tried on a browser has ended.
public struct RungEnded: EventMessage {
    public static let number = 28
    public static let name: StaticString = "rung_ended"

    /// The healing that this answers.
    public var obligation: ObligationID
    /// The browser.
    public var browser: BrowserID
    /// True when the browser is usable again.
    public var healed: Bool
    /// What was seen, in words.
    public var detail: String
    /// Time that it took, in milliseconds.
    public var durationMs: Double
    /// What a probe of each backend found afterwards; empty when it is not healed.
    public var backends: [BackendSupport]

    public init(
        obligation: ObligationID = ObligationID(0),
        browser: BrowserID = BrowserID(0),
        healed: Bool = false,
        detail: String = "",
        durationMs: Double = 0,
        backends: [BackendSupport] = []
    ) {
        self.obligation = obligation
        self.browser = browser
        self.healed = healed
        self.detail = detail
        self.durationMs = durationMs
        self.backends = backends
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "browser", &browser)
        visitor.bool(3, "healed", &healed)
        visitor.string(4, "detail", &detail)
        visitor.double(5, "duration_ms", &durationMs)
        visitor.messages(6, "backends", &backends)
    }

    public var payload: EventPayload { .rungEnded(self) }
}
