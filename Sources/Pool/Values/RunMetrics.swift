/// Timings of one run on one browser.
public struct RunMetrics: WireMessage, DefaultInitializable {
    /// Time from queueing to grant, in milliseconds.
    public var queueMs: Double
    /// Time to bring the model into the page, in milliseconds; 0 when it was resident.
    public var loadMs: Double
    /// Time to compile shaders, in milliseconds; 0 when they were compiled.
    public var compileMs: Double
    /// Time spent running items, in milliseconds.
    public var runMs: Double
    /// True when the model or its shaders were not resident when the run began.
    public var cold: Bool
    /// Items run.
    public var items: UInt64

    public init(
        queueMs: Double = 0,
        loadMs: Double = 0,
        compileMs: Double = 0,
        runMs: Double = 0,
        cold: Bool = false,
        items: UInt64 = 0
    ) {
        self.queueMs = queueMs
        self.loadMs = loadMs
        self.compileMs = compileMs
        self.runMs = runMs
        self.cold = cold
        self.items = items
    }

    public init() {
        self.init(queueMs: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.double(1, "queue_ms", &queueMs)
        visitor.double(2, "load_ms", &loadMs)
        visitor.double(3, "compile_ms", &compileMs)
        visitor.double(4, "run_ms", &runMs)
        visitor.bool(5, "cold", &cold)
        visitor.uint(6, "items", &items)
    }
}
