/// A task waits for its owner to resume it.
public struct TaskSuspended: EventMessage {
    public static let number = 52
    public static let name: StaticString = "task_suspended"

    /// The task.
    public var task: TaskID
    /// Why.
    public var reason: SuspendReason
    /// Items recorded so far.
    public var itemsDone: UInt64

    public init(task: TaskID = TaskID(0), reason: SuspendReason = .engineStopped, itemsDone: UInt64 = 0) {
        self.task = task
        self.reason = reason
        self.itemsDone = itemsDone
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "reason", &reason)
        visitor.uint(3, "items_done", &itemsDone)
    }

    public var payload: EventPayload { .taskSuspended(self) }
}
