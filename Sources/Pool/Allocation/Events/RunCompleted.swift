/// Every item of a run has its result.
public struct RunCompleted: EventMessage {
    public static let number = 22
    public static let name: StaticString = "run_completed"

    /// The run that this answers.
    public var obligation: ObligationID
    /// The allocation that it names.
    public var allocation: AllocationID
    /// Timings.
    public var metrics: RunMetrics
    /// What produced the results.
    public var provenance: Provenance

    public init(
        obligation: ObligationID = ObligationID(0),
        allocation: AllocationID = AllocationID(0),
        metrics: RunMetrics = RunMetrics(),
        provenance: Provenance = Provenance()
    ) {
        self.obligation = obligation
        self.allocation = allocation
        self.metrics = metrics
        self.provenance = provenance
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "allocation", &allocation)
        visitor.message(3, "metrics", &metrics)
        visitor.message(4, "provenance", &provenance)
    }

    public var payload: EventPayload { .runCompleted(self) }
}
