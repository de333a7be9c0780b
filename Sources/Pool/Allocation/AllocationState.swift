/// A lane of a browser, given to a task.
public struct AllocationState: WireMessage, DefaultInitializable {
    /// The allocation.
    public var id: AllocationID
    /// The task.
    public var task: TaskID
    /// The browser.
    public var browser: BrowserID
    /// The browser's incarnation.
    public var incarnation: IncarnationID
    /// When it expires.
    public var leaseDeadline: EventTime
    /// The run under way.
    public var run: ObligationID?
    /// One past the last item assigned.
    public var endItem: UInt64
    /// When its run started; 0 before.
    public var startedAt: EventTime
    /// The first item assigned.
    public var firstItem: UInt64
    /// When it was granted.
    public var grantedAt: EventTime

    public init(
        id: AllocationID = AllocationID(0),
        task: TaskID = TaskID(0),
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        leaseDeadline: EventTime = .zero,
        run: ObligationID? = nil,
        endItem: UInt64 = 0,
        startedAt: EventTime = .zero,
        firstItem: UInt64 = 0,
        grantedAt: EventTime = .zero
    ) {
        self.id = id
        self.task = task
        self.browser = browser
        self.incarnation = incarnation
        self.leaseDeadline = leaseDeadline
        self.run = run
        self.endItem = endItem
        self.startedAt = startedAt
        self.firstItem = firstItem
        self.grantedAt = grantedAt
    }

    public init() {
        self.init(id: AllocationID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "id", &id)
        visitor.identifier(2, "task", &task)
        visitor.identifier(3, "browser", &browser)
        visitor.identifier(4, "incarnation", &incarnation)
        visitor.time(5, "lease_deadline_ns", &leaseDeadline)
        visitor.optionalIdentifier(6, "run", &run)
        visitor.uint(7, "end_item", &endItem)
        visitor.time(8, "started_at_ns", &startedAt)
        visitor.uint(9, "first_item", &firstItem)
        visitor.time(10, "granted_at_ns", &grantedAt)
    }
}
