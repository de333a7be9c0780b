/// A task ended because its deadline passed.
public struct TaskTimedOut: EventMessage {
    public static let number = 57
    public static let name: StaticString = "task_timed_out"

    /// The task.
    public var task: TaskID
    /// Items recorded before.
    public var itemsDone: UInt64

    public init(task: TaskID = TaskID(0), itemsDone: UInt64 = 0) {
        self.task = task
        self.itemsDone = itemsDone
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.uint(2, "items_done", &itemsDone)
    }

    public var payload: EventPayload { .taskTimedOut(self) }
}
