/// A task ended without success.
public struct TaskFailed: EventMessage {
    public static let number = 55
    public static let name: StaticString = "task_failed"

    /// The task.
    public var task: TaskID
    /// Why.
    public var failure: TaskFailure
    /// The same in words.
    public var detail: String
    /// Items recorded before.
    public var itemsDone: UInt64

    public init(
        task: TaskID = TaskID(0),
        failure: TaskFailure = .noBrowser,
        detail: String = "",
        itemsDone: UInt64 = 0
    ) {
        self.task = task
        self.failure = failure
        self.detail = detail
        self.itemsDone = itemsDone
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "failure", &failure)
        visitor.string(3, "detail", &detail)
        visitor.uint(4, "items_done", &itemsDone)
    }

    public var payload: EventPayload { .taskFailed(self) }
}
