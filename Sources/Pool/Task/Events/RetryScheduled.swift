/// A task waits until its backoff is over.
public struct RetryScheduled: EventMessage {
    public static let number = 53
    public static let name: StaticString = "retry_scheduled"

    /// The task.
    public var task: TaskID
    /// Attempts that failed in a row without a recorded item.
    public var attempt: UInt32
    /// When it is queued again.
    public var dueAt: EventTime

    public init(task: TaskID = TaskID(0), attempt: UInt32 = 0, dueAt: EventTime = .zero) {
        self.task = task
        self.attempt = attempt
        self.dueAt = dueAt
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.uint(2, "attempt", &attempt)
        visitor.time(3, "due_at_ns", &dueAt)
    }

    public var payload: EventPayload { .retryScheduled(self) }
}
