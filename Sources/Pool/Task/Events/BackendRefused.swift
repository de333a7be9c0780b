/// A backend that a task prefers to the chosen one cannot run it.
public struct BackendRefused: EventMessage {
    public static let number = 50
    public static let name: StaticString = "backend_refused"

    /// The task.
    public var task: TaskID
    /// The backend that was refused.
    public var backend: Backend
    /// Why, in words.
    public var reason: String

    public init(task: TaskID = TaskID(0), backend: Backend = .webgpu, reason: String = "") {
        self.task = task
        self.backend = backend
        self.reason = reason
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "backend", &backend)
        visitor.string(3, "reason", &reason)
    }

    public var payload: EventPayload { .backendRefused(self) }
}
