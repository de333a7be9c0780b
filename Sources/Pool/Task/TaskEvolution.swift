/// What may follow in the life of a task: queued → granted → running → exactly one of succeeded, failed, cancelled,
/// timed out. A failure takes it back to the queue, under a recovery; the end of an engine suspends it.
extension PoolState {
    mutating func evolve(_ submitted: TaskSubmitted, at event: Event) {
        var task = TaskState(id: TaskID(event.sequence), spec: submitted.spec)
        task.submittedAt = event.at
        task.phase = .queued
        tasks.insert(task)
        if submitted.spec.deadlineMs > 0 {
            timers.set(.taskDeadline, event.sequence, at: task.deadlineAt)
        }
    }

    mutating func evolve(_ queued: TaskQueued, at event: Event) {
        precondition(tasks[queued.task].allocation == nil, "task \(queued.task) is queued with an allocation")
        clearRetry(queued.task)
        tasks[queued.task].phase = .queued
        tasks[queued.task].backend = queued.backend
        tasks[queued.task].queuedAt = event.at
        tasks[queued.task].queuedBy = event.sequence
        let priority = tasks[queued.task].spec.priority
        let index =
            queue.firstIndex { other in
                let otherPriority = tasks[other].spec.priority
                return otherPriority < priority || (otherPriority == priority && other > queued.task)
            } ?? queue.endIndex
        queue.insert(queued.task, at: index)
    }

    mutating func evolve(_ retry: RetryScheduled) {
        leaveQueue(retry.task)
        clearRetry(retry.task)
        tasks[retry.task].attempts = retry.attempt
        tasks[retry.task].retryAt = retry.dueAt
        timers.set(.retry, retry.task.sequence, at: retry.dueAt)
    }

    mutating func suspend(_ id: TaskID) {
        precondition(tasks[id].allocation == nil, "task \(id) is suspended with an allocation")
        leaveQueue(id)
        clearRetry(id)
        tasks[id].phase = .suspended
    }

    /// Ends a task, which must hold nothing any more (CORE-6).
    mutating func removeTask(_ id: TaskID) {
        precondition(tasks[id].allocation == nil, "task \(id) ends with an allocation")
        precondition(tasks[id].recovery == nil, "task \(id) ends with a recovery")
        leaveQueue(id)
        clearRetry(id)
        if tasks[id].spec.deadlineMs > 0 {
            timers.clear(.taskDeadline, id.sequence, at: tasks[id].deadlineAt)
        }
        tasks.remove(id)
    }

    mutating func leaveQueue(_ id: TaskID) {
        if let index = queue.firstIndex(of: id) { queue.remove(at: index) }
    }

    private mutating func clearRetry(_ id: TaskID) {
        let due = tasks[id].retryAt
        guard due != .zero else { return }
        timers.clear(.retry, id.sequence, at: due)
        tasks[id].retryAt = .zero
    }
}

extension TaskState {
    /// Items that have no result yet.
    public var itemsLeft: UInt64 { spec.itemsTotal - itemsDone }

    /// When it times out; the end of time when it never does.
    public var deadlineAt: EventTime {
        spec.deadlineMs == 0
            ? EventTime(nanoseconds: .max) : submittedAt.adding(milliseconds: spec.deadlineMs)
    }
}
