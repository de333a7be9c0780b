/// A browser's process answered when it was asked for a sign of life.
public struct BrowserHeartbeat: EventMessage {
    public static let number = 29
    public static let name: StaticString = "browser_heartbeat"

    /// The browser.
    public var browser: BrowserID
    /// Its incarnation.
    public var incarnation: IncarnationID
    /// Time that the answer took, in milliseconds.
    public var answerMs: Double

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        answerMs: Double = 0
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.answerMs = answerMs
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.double(3, "answer_ms", &answerMs)
    }

    public var payload: EventPayload { .browserHeartbeat(self) }
}
