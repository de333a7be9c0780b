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
    /// Time that a small dispatch with a known result took on its GPU, in milliseconds; 0 when none was made.
    public var canaryMs: Double
    /// Memory that its processes use, in bytes; 0 when it was not measured.
    public var memoryBytes: UInt64

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        answerMs: Double = 0,
        canaryMs: Double = 0,
        memoryBytes: UInt64 = 0
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.answerMs = answerMs
        self.canaryMs = canaryMs
        self.memoryBytes = memoryBytes
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.double(3, "answer_ms", &answerMs)
        visitor.double(4, "canary_ms", &canaryMs)
        visitor.uint(5, "memory_bytes", &memoryBytes)
    }

    public var payload: EventPayload { .browserHeartbeat(self) }
}
