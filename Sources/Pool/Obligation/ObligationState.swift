/// A side effect that is owed.
public struct ObligationState: WireMessage, DefaultInitializable {
    /// The obligation.
    public var id: ObligationID
    /// What is owed.
    public var kind: ObligationKind
    /// The browser concerned; 0 for a comparison.
    public var browser: BrowserID
    /// The allocation concerned, for a run and for its stop.
    public var allocation: AllocationID?
    /// The run concerned, for a stop.
    public var run: ObligationID?
    /// The model concerned, for a preparation.
    public var model: Digest?
    /// The task concerned, for a run, its stop, a preparation, a comparison, and a launch or close that the task's
    /// submission led to.
    public var task: TaskID?
    /// When it was decided, for a launch; 0 otherwise.
    public var decidedAt: EventTime

    public init(
        id: ObligationID = ObligationID(0),
        kind: ObligationKind = .launch,
        browser: BrowserID = BrowserID(0),
        allocation: AllocationID? = nil,
        run: ObligationID? = nil,
        model: Digest? = nil,
        task: TaskID? = nil,
        decidedAt: EventTime = .zero
    ) {
        self.id = id
        self.kind = kind
        self.browser = browser
        self.allocation = allocation
        self.run = run
        self.model = model
        self.task = task
        self.decidedAt = decidedAt
    }

    public init() {
        self.init(id: ObligationID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "id", &id)
        visitor.choice(2, "kind", &kind)
        visitor.identifier(3, "browser", &browser)
        visitor.optionalIdentifier(4, "allocation", &allocation)
        visitor.optionalIdentifier(5, "run", &run)
        visitor.optionalDigest(6, "model", &model)
        visitor.optionalIdentifier(7, "task", &task)
        visitor.time(20, "decided_at_ns", &decidedAt)
    }
}
