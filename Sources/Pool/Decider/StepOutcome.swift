/// What became of an observation.
public enum StepOutcome: Equatable, Sendable {
    /// The step to append, whole or not at all: the observation, and the decisions that follow from it.
    case recorded([Event])
    /// A report that changes nothing and is not recorded by itself; the engine counts these (`reports_refused`).
    case refused(Refusal, subject: UInt64)
    /// A request that its sender can see to be impossible; nothing is recorded.
    case rejected(Rejection)
}

/// Why a request was turned away.
public enum Rejection: Error, Equatable, Sendable, CustomStringConvertible {
    /// The pool holds as many tasks as its policy allows.
    case queueFull(limit: UInt32)
    /// The engine is stopping.
    case stopping
    /// No unfinished task has this id.
    case unknownTask(TaskID)
    /// The task is not suspended, so it cannot be resumed.
    case notSuspended(TaskID)
    /// The task is a copy of another one, which is the one to ask for.
    case copy(TaskID, of: TaskID)
    /// No browser has this id, or it is not up.
    case notUp(BrowserID)
    /// The task asks for so many copies, and there are no more browsers than this for them.
    case redundancy(UInt32, limit: UInt32)
    /// The events up to this position cannot leave the log: those up to `former` were to leave before, or its last
    /// event is `last`.
    case retentionPoint(UInt64, former: UInt64, last: UInt64)

    public var description: String {
        switch self {
        case .queueFull(let limit): "the pool holds \(limit) tasks, which is its limit (max_queued)"
        case .stopping: "the engine is stopping and takes no more requests"
        case .unknownTask(let task): "no unfinished task has the id \(task)"
        case .notSuspended(let task): "task \(task) is not suspended, so there is nothing to resume"
        case .copy(let task, let leader): "task \(task) is a copy of task \(leader); ask for that one"
        case .notUp(let browser): "browser \(browser) is not up, so nothing can be done to it"
        case .redundancy(let copies, let limit):
            "\(copies) copies of a task need as many browsers, and the pool has at most \(limit) for them "
                + "(max_connections)"
        case .retentionPoint(let position, let former, let last):
            "the events up to \(position) cannot leave the log: its last event is \(last), and those up to \(former) "
                + "have left"
        }
    }
}
