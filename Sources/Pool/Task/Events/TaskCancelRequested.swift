/// The owner of a task wants it ended.
public struct TaskCancelRequested: EventMessage {
    public static let number = 14
    public static let name: StaticString = "task_cancel_requested"

    /// The task.
    public var task: TaskID

    public init(task: TaskID = TaskID(0)) {
        self.task = task
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
    }

    public var payload: EventPayload { .taskCancelRequested(self) }
}
