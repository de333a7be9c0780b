/// A task ended because its owner asked.
public struct TaskCancelled: EventMessage {
    public static let number = 56
    public static let name: StaticString = "task_cancelled"

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

    public var payload: EventPayload { .taskCancelled(self) }
}
