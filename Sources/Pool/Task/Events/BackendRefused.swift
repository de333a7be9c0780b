/// A backend of a task's list cannot run it; the task goes on with the next, or ends.
public struct BackendRefused: EventMessage {
    public static let number = 50
    public static let name: StaticString = "backend_refused"

    /// The task.
    public var task: TaskID
    /// The backend that was refused.
    public var backend: Backend
    /// Why, in words.
    public var reason: String
    /// Why; absent in logs of decision revision 1, where the runtime lacked it.
    public var refusal: BackendRefusal?
    /// The browser that refused; absent when none was asked.
    public var browser: BrowserID?

    public init(
        task: TaskID = TaskID(0), backend: Backend = .webgpu, reason: String = "",
        refusal: BackendRefusal? = nil, browser: BrowserID? = nil
    ) {
        self.task = task
        self.backend = backend
        self.reason = reason
        self.refusal = refusal
        self.browser = browser
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "backend", &backend)
        visitor.string(3, "reason", &reason)
        visitor.optionalChoice(4, "refusal", &refusal)
        visitor.optionalIdentifier(5, "browser", &browser)
    }

    public var payload: EventPayload { .backendRefused(self) }
}
