/// A model has failed too often in a row on a kind of browser, and is kept from that kind for a while.
public struct ModelBreakerOpened: EventMessage {
    public static let number = 92
    public static let name: StaticString = "model_breaker_opened"

    /// The model.
    public var modelDigest: Digest
    /// The browser's product.
    public var browser: BrowserKind
    /// Failures in a row, without a run of the model that completed there in between.
    public var failures: UInt32
    /// Times that the breaker was opened in a row, this one included.
    public var openings: UInt32
    /// The model is tried there again then.
    public var until: EventTime
    /// Browsers of other kinds that its work can be given to.
    public var others: UInt32

    public init(
        modelDigest: Digest = .zero,
        browser: BrowserKind = .headlessShell,
        failures: UInt32 = 0,
        openings: UInt32 = 0,
        until: EventTime = .zero,
        others: UInt32 = 0
    ) {
        self.modelDigest = modelDigest
        self.browser = browser
        self.failures = failures
        self.openings = openings
        self.until = until
        self.others = others
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.digest(1, "model_digest", &modelDigest)
        visitor.choice(2, "browser", &browser)
        visitor.uint(3, "failures", &failures)
        visitor.uint(4, "openings", &openings)
        visitor.time(5, "until_ns", &until)
        visitor.uint(6, "others", &others)
    }

    public var payload: EventPayload { .modelBreakerOpened(self) }
}
