import Pool

/// Where the results of one task stand in the log, in the order of its items.
public struct TaskResults: Sendable {
    /// Results of consecutive items, as one event recorded them.
    public struct Part: Equatable, Sendable {
        /// The `run_progressed` that recorded them.
        public var sequence: UInt64
        public var firstItem: UInt64
        public var itemCount: UInt64
        public var outputs: Payload
    }

    public let task: TaskID
    /// Of a task that runs in copies the parts of the one whose outputs are the result, once that is known.
    public var parts: [Part] { recorded[result ?? task] ?? [] }
    private var recorded: [TaskID: [Part]] = [:]
    private var runs: [ObligationID: TaskID] = [:]
    /// The task itself and its copies.
    private var members: Set<TaskID>
    /// The copy that gave the result.
    private var result: TaskID?

    public init(of task: TaskID) {
        self.task = task
        members = [task]
    }

    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .taskCopied(let copied) where copied.leader == task: members.insert(TaskID(event.sequence))
        case .runAssigned(let assigned) where members.contains(assigned.task):
            runs[ObligationID(event.sequence)] = assigned.task
        case .runProgressed(let progressed):
            guard let member = runs[progressed.obligation] else { return }
            recorded[member, default: []].append(
                Part(
                    sequence: event.sequence, firstItem: progressed.firstItem,
                    itemCount: progressed.itemCount,
                    outputs: progressed.outputs))
        case .resultServed(let served) where served.leader == task: result = served.result
        case .groupAgreed(let agreed) where agreed.leader == task: result = result ?? agreed.result
        default: break
        }
    }
}
