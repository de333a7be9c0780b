/// A task was given a lane of a browser. This event's sequence number is the allocation's id and
/// fencing token.
public struct TaskGranted: EventMessage {
    public static let number = 70
    public static let name: StaticString = "task_granted"

    /// The task.
    public var task: TaskID
    /// The browser.
    public var browser: BrowserID
    /// The browser's incarnation.
    public var incarnation: IncarnationID
    /// The allocation expires then unless something is recorded for it.
    public var leaseDeadline: EventTime
    /// The best candidates, at most 8, best first.
    public var candidates: [Candidate]
    /// How many were left out, and why.
    public var filtered: CandidateFilter
    /// The recovery that waited for this very browser; no other was asked for then.
    public var recovery: RecoveryID?

    public init(
        task: TaskID = TaskID(0),
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        leaseDeadline: EventTime = .zero,
        candidates: [Candidate] = [],
        filtered: CandidateFilter = CandidateFilter(),
        recovery: RecoveryID? = nil
    ) {
        self.task = task
        self.browser = browser
        self.incarnation = incarnation
        self.leaseDeadline = leaseDeadline
        self.candidates = candidates
        self.filtered = filtered
        self.recovery = recovery
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.identifier(2, "browser", &browser)
        visitor.identifier(3, "incarnation", &incarnation)
        visitor.time(4, "lease_deadline_ns", &leaseDeadline)
        visitor.messages(5, "candidates", &candidates)
        visitor.message(6, "filtered", &filtered)
        visitor.optionalIdentifier(7, "recovery", &recovery)
    }

    public var payload: EventPayload { .taskGranted(self) }
}
