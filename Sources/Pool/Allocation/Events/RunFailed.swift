/// A run ended early while its browser stayed usable.
public struct RunFailed: EventMessage {
    public static let number = 23
    public static let name: StaticString = "run_failed"

    /// The run that this answers.
    public var obligation: ObligationID
    /// The allocation that it names.
    public var allocation: AllocationID
    /// How.
    public var failure: RunFailure
    /// The same in words.
    public var detail: String
    /// Why the backend refuses, for `backend_unsupported`.
    public var refusal: BackendRefusal?

    public init(
        obligation: ObligationID = ObligationID(0),
        allocation: AllocationID = AllocationID(0),
        failure: RunFailure = .modelMissing,
        detail: String = "",
        refusal: BackendRefusal? = nil
    ) {
        self.obligation = obligation
        self.allocation = allocation
        self.failure = failure
        self.detail = detail
        self.refusal = refusal
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "allocation", &allocation)
        visitor.choice(3, "failure", &failure)
        visitor.string(4, "detail", &detail)
        visitor.optionalChoice(5, "refusal", &refusal)
    }

    public var payload: EventPayload { .runFailed(self) }
}
