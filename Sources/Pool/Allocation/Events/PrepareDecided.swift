/// A model is to be brought into the page of an idle browser, so that a task that comes there finds it compiled. This
/// event's sequence number is the obligation's id.
public struct PrepareDecided: EventMessage {
    public static let number = 74
    public static let name: StaticString = "prepare_decided"

    /// The browser.
    public var browser: BrowserID
    /// The browser's incarnation.
    public var incarnation: IncarnationID
    /// A task that uses the model.
    public var task: TaskID
    /// The backend to prepare.
    public var backend: Backend
    /// The preparation is given up then.
    public var deadline: EventTime

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        task: TaskID = TaskID(0),
        backend: Backend = .webgpu,
        deadline: EventTime = .zero
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.task = task
        self.backend = backend
        self.deadline = deadline
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.identifier(3, "task", &task)
        visitor.choice(4, "backend", &backend)
        visitor.time(5, "deadline_ns", &deadline)
    }

    public var payload: EventPayload { .prepareDecided(self) }
}
