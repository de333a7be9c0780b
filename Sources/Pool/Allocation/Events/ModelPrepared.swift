/// A model is in the page of an idle browser.
public struct ModelPrepared: EventMessage {
    public static let number = 25
    public static let name: StaticString = "model_prepared"

    /// The preparation that this answers.
    public var obligation: ObligationID
    /// The browser.
    public var browser: BrowserID
    /// Time to bring the model into the page, in milliseconds.
    public var loadMs: Double
    /// Time to compile shaders, in milliseconds.
    public var compileMs: Double
    /// Bytes of the model that went to the page, in bytes; 0 when it was there.
    public var fetchedBytes: UInt64

    public init(
        obligation: ObligationID = ObligationID(0),
        browser: BrowserID = BrowserID(0),
        loadMs: Double = 0,
        compileMs: Double = 0,
        fetchedBytes: UInt64 = 0
    ) {
        self.obligation = obligation
        self.browser = browser
        self.loadMs = loadMs
        self.compileMs = compileMs
        self.fetchedBytes = fetchedBytes
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "browser", &browser)
        visitor.double(3, "load_ms", &loadMs)
        visitor.double(4, "compile_ms", &compileMs)
        visitor.uint(5, "fetched_bytes", &fetchedBytes)
    }

    public var payload: EventPayload { .modelPrepared(self) }
}
