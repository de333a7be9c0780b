/// The signs that a browser's failure was predicted by have passed.
public struct PredictionWithdrawn: EventMessage {
    public static let number = 86
    public static let name: StaticString = "prediction_withdrawn"

    /// The browser.
    public var browser: BrowserID
    /// Time that the prediction stood, in nanoseconds.
    public var stoodNs: UInt64

    public init(browser: BrowserID = BrowserID(0), stoodNs: UInt64 = 0) {
        self.browser = browser
        self.stoodNs = stoodNs
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.uint(2, "stood_ns", &stoodNs)
    }

    public var payload: EventPayload { .predictionWithdrawn(self) }
}
