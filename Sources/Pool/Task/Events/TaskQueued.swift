/// A task waits for a browser.
public struct TaskQueued: EventMessage {
    public static let number = 51
    public static let name: StaticString = "task_queued"

    /// The task.
    public var task: TaskID
    /// Why it was queued.
    public var reason: QueueReason
    /// Items recorded so far; the task goes on from there.
    public var itemsDone: UInt64
    /// The backend that will run it.
    public var backend: Backend

    public init(
        task: TaskID = TaskID(0),
        reason: QueueReason = .submitted,
        itemsDone: UInt64 = 0,
        backend: Backend = .webgpu
    ) {
        self.task = task
        self.reason = reason
        self.itemsDone = itemsDone
        self.backend = backend
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "reason", &reason)
        visitor.uint(3, "items_done", &itemsDone)
        visitor.choice(4, "backend", &backend)
    }

    public var payload: EventPayload { .taskQueued(self) }
}
