/// The breaker of a model on a kind of browser: what is known of its failures there.
public struct ModelBreaker: WireMessage, DefaultInitializable {
    /// The model.
    public var modelDigest: Digest
    /// The browser's product.
    public var browser: BrowserKind
    /// Where the breaker stands; nil while it is closed.
    public var phase: BreakerPhase?
    /// Failures in a row, without a run of the model that completed on that kind in between.
    public var strikes: UInt32
    /// The event that was the last of them.
    public var struckBy: UInt64
    /// Times that the breaker was opened in a row.
    public var openings: UInt32
    /// The event that last opened it; 0 while it never was.
    public var openedBy: UInt64
    /// When the model is tried there again; 0 unless the breaker is open.
    public var until: EventTime

    public init(
        modelDigest: Digest = .zero,
        browser: BrowserKind = .headlessShell,
        phase: BreakerPhase? = nil,
        strikes: UInt32 = 0,
        struckBy: UInt64 = 0,
        openings: UInt32 = 0,
        openedBy: UInt64 = 0,
        until: EventTime = .zero
    ) {
        self.modelDigest = modelDigest
        self.browser = browser
        self.phase = phase
        self.strikes = strikes
        self.struckBy = struckBy
        self.openings = openings
        self.openedBy = openedBy
        self.until = until
    }

    public init() {
        self.init(strikes: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.digest(1, "model_digest", &modelDigest)
        visitor.choice(2, "browser", &browser)
        visitor.optionalChoice(3, "phase", &phase)
        visitor.uint(4, "strikes", &strikes)
        visitor.uint(5, "struck_by", &struckBy)
        visitor.uint(6, "openings", &openings)
        visitor.uint(7, "opened_by", &openedBy)
        visitor.time(8, "until_ns", &until)
    }
}
