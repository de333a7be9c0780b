/// The owner of a suspended task wants it to go on.
public struct TaskResumeRequested: EventMessage {
    public static let number = 15
    public static let name: StaticString = "task_resume_requested"

    /// The task.
    public var task: TaskID

    public init(task: TaskID = TaskID(0)) {
        self.task = task
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
    }

    public var payload: EventPayload { .taskResumeRequested(self) }
}
