/// Its owner submitted a task. The task's id is this event's sequence number.
public struct TaskSubmitted: EventMessage {
    public static let number = 13
    public static let name: StaticString = "task_submitted"

    /// What is asked.
    public var spec: TaskSpec

    public init(spec: TaskSpec = TaskSpec()) {
        self.spec = spec
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.message(1, "spec", &spec)
    }

    public var payload: EventPayload { .taskSubmitted(self) }
}
