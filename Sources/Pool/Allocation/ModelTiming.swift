/// How long an item of a model takes on a kind of browser, as measured.
public struct ModelTiming: WireMessage, DefaultInitializable {
    /// The model.
    public var modelDigest: Digest
    /// The backend that it ran on.
    public var backend: Backend
    /// The browser's product.
    public var browser: BrowserKind
    /// Runs measured.
    public var runs: UInt32
    /// Mean time of an item, in nanoseconds: of the first 8 runs, then each new one counts an eighth.
    public var itemNs: UInt64
    /// The event that last measured it.
    public var measuredBy: UInt64

    public init(
        modelDigest: Digest = .zero,
        backend: Backend = .webgpu,
        browser: BrowserKind = .headlessShell,
        runs: UInt32 = 0,
        itemNs: UInt64 = 0,
        measuredBy: UInt64 = 0
    ) {
        self.modelDigest = modelDigest
        self.backend = backend
        self.browser = browser
        self.runs = runs
        self.itemNs = itemNs
        self.measuredBy = measuredBy
    }

    public init() {
        self.init(runs: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.digest(1, "model_digest", &modelDigest)
        visitor.choice(2, "backend", &backend)
        visitor.choice(3, "browser", &browser)
        visitor.uint(4, "runs", &runs)
        visitor.uint(5, "item_ns", &itemNs)
        visitor.uint(6, "measured_by", &measuredBy)
    }
}
