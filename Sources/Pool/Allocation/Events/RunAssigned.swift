/// A range of items is to be run. This event's sequence number is the obligation's id.
public struct RunAssigned: EventMessage {
    public static let number = 71
    public static let name: StaticString = "run_assigned"

    /// The allocation.
    public var allocation: AllocationID
    /// The task.
    public var task: TaskID
    /// The browser.
    public var browser: BrowserID
    /// First item, from 0.
    public var firstItem: UInt64
    /// Number of items.
    public var itemCount: UInt64
    /// The backend to use.
    public var backend: Backend
    /// Time that the task waited in the queue, in nanoseconds.
    public var queueNs: UInt64

    public init(
        allocation: AllocationID = AllocationID(0),
        task: TaskID = TaskID(0),
        browser: BrowserID = BrowserID(0),
        firstItem: UInt64 = 0,
        itemCount: UInt64 = 0,
        backend: Backend = .webgpu,
        queueNs: UInt64 = 0
    ) {
        self.allocation = allocation
        self.task = task
        self.browser = browser
        self.firstItem = firstItem
        self.itemCount = itemCount
        self.backend = backend
        self.queueNs = queueNs
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "allocation", &allocation)
        visitor.identifier(2, "task", &task)
        visitor.identifier(3, "browser", &browser)
        visitor.uint(4, "first_item", &firstItem)
        visitor.uint(5, "item_count", &itemCount)
        visitor.choice(6, "backend", &backend)
        visitor.uint(7, "queue_ns", &queueNs)
    }

    public var payload: EventPayload { .runAssigned(self) }
}
