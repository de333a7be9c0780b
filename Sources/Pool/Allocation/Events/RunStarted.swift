/// A run has its model in the page and begins its items.
public struct RunStarted: EventMessage {
    public static let number = 20
    public static let name: StaticString = "run_started"

    /// The run that this answers.
    public var obligation: ObligationID
    /// The allocation that it names.
    public var allocation: AllocationID
    /// Time to bring the model into the page, in milliseconds.
    public var loadMs: Double
    /// Time to compile shaders, in milliseconds.
    public var compileMs: Double
    /// True when the model or its shaders were not resident.
    public var cold: Bool
    /// In-page runtime and its version.
    public var runtime: String
    /// Bytes of the model that went to the page for this run, in bytes; 0 when it was there.
    public var fetchedBytes: UInt64

    public init(
        obligation: ObligationID = ObligationID(0),
        allocation: AllocationID = AllocationID(0),
        loadMs: Double = 0,
        compileMs: Double = 0,
        cold: Bool = false,
        runtime: String = "",
        fetchedBytes: UInt64 = 0
    ) {
        self.obligation = obligation
        self.allocation = allocation
        self.loadMs = loadMs
        self.compileMs = compileMs
        self.cold = cold
        self.runtime = runtime
        self.fetchedBytes = fetchedBytes
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "allocation", &allocation)
        visitor.double(3, "load_ms", &loadMs)
        visitor.double(4, "compile_ms", &compileMs)
        visitor.bool(5, "cold", &cold)
        visitor.string(6, "runtime", &runtime)
        visitor.uint(7, "fetched_bytes", &fetchedBytes)
    }

    public var payload: EventPayload { .runStarted(self) }
}
