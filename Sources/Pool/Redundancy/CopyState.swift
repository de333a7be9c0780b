/// A copy of a task, as its group knows it.
public struct CopyState: WireMessage, DefaultInitializable {
    /// The copy, which is a task of its own.
    public var task: TaskID
    /// Where it stands.
    public var phase: CopyPhase
    /// Where its results come from, in the order of the items, at most 64.
    public var runs: [CopyRun]

    public init(
        task: TaskID = TaskID(0),
        phase: CopyPhase = .running,
        runs: [CopyRun] = []
    ) {
        self.task = task
        self.phase = phase
        self.runs = runs
    }

    public init() {
        self.init(task: TaskID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.choice(2, "phase", &phase)
        visitor.messages(3, "runs", &runs)
    }
}
