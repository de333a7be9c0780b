/// A suspected browser was heard of again.
public struct SuspicionCleared: EventMessage {
    public static let number = 68
    public static let name: StaticString = "suspicion_cleared"

    /// The browser.
    public var browser: BrowserID
    /// Time that it was silent, in nanoseconds.
    public var silentNs: UInt64

    public init(browser: BrowserID = BrowserID(0), silentNs: UInt64 = 0) {
        self.browser = browser
        self.silentNs = silentNs
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.uint(2, "silent_ns", &silentNs)
    }

    public var payload: EventPayload { .suspicionCleared(self) }
}
