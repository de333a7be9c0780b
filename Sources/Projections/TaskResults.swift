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
    public private(set) var parts: [Part] = []
    private var runs: Set<ObligationID> = []

    public init(of task: TaskID) { self.task = task }

    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .runAssigned(let assigned) where assigned.task == task: runs.insert(ObligationID(event.sequence))
        case .runProgressed(let progressed) where runs.contains(progressed.obligation):
            parts.append(
                Part(
                    sequence: event.sequence, firstItem: progressed.firstItem,
                    itemCount: progressed.itemCount,
                    outputs: progressed.outputs))
        default: break
        }
    }
}
