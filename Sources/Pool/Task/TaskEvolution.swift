/// What may follow in the life of a task: queued → granted → running → exactly one of succeeded, failed, cancelled,
/// timed out. A failure takes it back to the queue, under a recovery; the end of an engine suspends it.
extension PoolState {
    mutating func evolve(_ submitted: TaskSubmitted, at event: EventStamp) {
        tasks.insert(
            TaskState(
                id: TaskID(event.sequence), spec: submitted.spec, phase: .queued, submittedAt: event.at))
        demandArrives()
        let deadlineMs = submitted.spec.deadlineMs
        if deadlineMs > 0 {
            timers.set(.taskDeadline, event.sequence, at: event.at.adding(milliseconds: deadlineMs))
        }
    }

    mutating func evolve(_ queued: TaskQueued, at event: EventStamp) {
        let task = tasks.place(of: queued.task)
        precondition(tasks[at: task].allocation == nil, "task \(queued.task) is queued with an allocation")
        if tasks[at: task].isResting { demandChanges(by: 1) }
        clearRetry(at: task)
        tasks[at: task].phase = .queued
        tasks[at: task].backend = queued.backend
        tasks[at: task].queuedAt = event.at
        tasks[at: task].queuedBy = event.sequence
        queue.insert(rank(at: task), TaskNeeds(of: tasks[at: task].spec, on: queued.backend))
    }

    mutating func evolve(_ retry: RetryScheduled) {
        let task = tasks.place(of: retry.task)
        if !tasks[at: task].isResting { demandChanges(by: -1) }
        leaveQueue(at: task)
        clearRetry(at: task)
        tasks[at: task].attempts = retry.attempt
        tasks[at: task].retryAt = retry.dueAt
        timers.set(.retry, retry.task.sequence, at: retry.dueAt)
    }

    mutating func suspend(_ id: TaskID) {
        let task = tasks.place(of: id)
        precondition(tasks[at: task].allocation == nil, "task \(id) is suspended with an allocation")
        if !tasks[at: task].isResting { demandChanges(by: -1) }
        leaveQueue(at: task)
        clearRetry(at: task)
        tasks[at: task].phase = .suspended
        voidComparison(of: id)
    }

    /// Ends a task, which must hold nothing any more (CORE-6).
    ///
    /// - Parameter copy: What it comes to if it is a copy of another task.
    mutating func removeTask(_ id: TaskID, asCopy copy: CopyPhase = .left, failure: TaskFailure? = nil) {
        let task = tasks.place(of: id)
        precondition(tasks[at: task].allocation == nil, "task \(id) ends with an allocation")
        precondition(tasks[at: task].recovery == nil, "task \(id) ends with a recovery")
        if !tasks[at: task].isResting { demandChanges(by: -1) }
        leaveQueue(at: task)
        clearRetry(at: task)
        if tasks[at: task].spec.deadlineMs > 0 {
            timers.clear(.taskDeadline, id.sequence, at: tasks[at: task].deadlineAt)
        }
        if let leader = tasks[at: task].leader { endCopy(id, of: leader, as: copy, failure) }
        tasks.discard(id)
    }

    mutating func leaveQueue(_ id: TaskID) {
        if !queue.isEmpty { leaveQueue(at: tasks.place(of: id)) }
    }

    mutating func leaveQueue(at task: Int) {
        if !queue.isEmpty { queue.remove(rank(at: task)) }
    }

    /// Whether a task of the pool is in the queue.
    @inline(__always)
    func isQueued(_ id: TaskID) -> Bool {
        let task = tasks.place(of: id)
        return queue.contains(rank(at: task))
    }

    @inline(__always)
    private func rank(at task: Int) -> TaskRank {
        TaskRank(
            tasks[at: task].id, priority: tasks[at: task].spec.priority,
            submittedAt: tasks[at: task].submittedAt, agingMs: policy.agingMs)
    }

    private mutating func clearRetry(at place: Int) {
        let due = tasks[at: place].retryAt
        guard due != .zero else { return }
        timers.clear(.retry, tasks[at: place].id.sequence, at: due)
        tasks[at: place].retryAt = .zero
    }
}

extension TaskState {
    /// Items that have no result yet.
    @inline(__always)
    public var itemsLeft: UInt64 { spec.itemsTotal - itemsDone }

    /// When it times out; the end of time when it never does.
    @inline(__always)
    public var deadlineAt: EventTime {
        spec.deadlineMs == 0
            ? EventTime(nanoseconds: .max) : submittedAt.adding(milliseconds: spec.deadlineMs)
    }
}
