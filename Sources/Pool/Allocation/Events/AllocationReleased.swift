/// An allocation ended.
public struct AllocationReleased: EventMessage {
    public static let number = 73
    public static let name: StaticString = "allocation_released"

    /// The allocation.
    public var allocation: AllocationID
    /// The task that held it.
    public var task: TaskID
    /// The browser that it was on.
    public var browser: BrowserID
    /// Why.
    public var reason: ReleaseReason

    public init(
        allocation: AllocationID = AllocationID(0),
        task: TaskID = TaskID(0),
        browser: BrowserID = BrowserID(0),
        reason: ReleaseReason = .completed
    ) {
        self.allocation = allocation
        self.task = task
        self.browser = browser
        self.reason = reason
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "allocation", &allocation)
        visitor.identifier(2, "task", &task)
        visitor.identifier(3, "browser", &browser)
        visitor.choice(4, "reason", &reason)
    }

    public var payload: EventPayload { .allocationReleased(self) }
}
