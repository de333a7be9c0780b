/// What may follow in the life of a task: queued → granted → running → exactly one of succeeded, failed, cancelled,
/// timed out. A failure takes it back to the queue, under a recovery; the end of an engine suspends it.
extension PoolState {
    mutating func evolve(_ submitted: TaskSubmitted, at event: EventStamp) {
        tasks.insert(
            TaskState(
                id: TaskID(event.sequence), spec: submitted.spec, phase: .queued, submittedAt: event.at))
        if submitted.spec.deadlineMs > 0 {
            timers.set(.taskDeadline, event.sequence, at: tasks[TaskID(event.sequence)].deadlineAt)
        }
    }

    mutating func evolve(_ queued: TaskQueued, at event: EventStamp) {
        let task = tasks.place(of: queued.task)
        precondition(tasks[at: task].allocation == nil, "task \(queued.task) is queued with an allocation")
        let place = placeInQueue(of: queued.task)
        precondition(!isQueued(queued.task, at: place), "task \(queued.task) is queued twice")
        clearRetry(at: task)
        tasks[at: task].phase = .queued
        tasks[at: task].backend = queued.backend
        tasks[at: task].queuedAt = event.at
        tasks[at: task].queuedBy = event.sequence
        queue.insert(queued.task, at: place)
    }

    mutating func evolve(_ retry: RetryScheduled) {
        leaveQueue(retry.task)
        let task = tasks.place(of: retry.task)
        clearRetry(at: task)
        tasks[at: task].attempts = retry.attempt
        tasks[at: task].retryAt = retry.dueAt
        timers.set(.retry, retry.task.sequence, at: retry.dueAt)
    }

    mutating func suspend(_ id: TaskID) {
        let task = tasks.place(of: id)
        precondition(tasks[at: task].allocation == nil, "task \(id) is suspended with an allocation")
        leaveQueue(id)
        clearRetry(at: task)
        tasks[at: task].phase = .suspended
    }

    /// Ends a task, which must hold nothing any more (CORE-6).
    mutating func removeTask(_ id: TaskID) {
        let task = tasks.place(of: id)
        precondition(tasks[at: task].allocation == nil, "task \(id) ends with an allocation")
        precondition(tasks[at: task].recovery == nil, "task \(id) ends with a recovery")
        leaveQueue(id)
        clearRetry(at: task)
        if tasks[at: task].spec.deadlineMs > 0 {
            timers.clear(.taskDeadline, id.sequence, at: tasks[at: task].deadlineAt)
        }
        tasks.remove(id)
    }

    mutating func leaveQueue(_ id: TaskID) {
        if queue.isEmpty { return }
        let place = placeInQueue(of: id)
        if isQueued(id, at: place) { queue.remove(at: place) }
    }

    /// Whether a task of the pool is in the queue.
    func isQueued(_ id: TaskID) -> Bool { isQueued(id, at: placeInQueue(of: id)) }

    private func isQueued(_ id: TaskID, at place: Int) -> Bool { place < queue.count && queue[place] == id }

    /// Where a task of the pool stands in the queue, or would: higher priority first, then the older one.
    private func placeInQueue(of id: TaskID) -> Int {
        let priority = tasks[id].spec.priority
        var low = 0
        var high = queue.count
        while low < high {
            let middle = (low + high) / 2
            if precedes(queue[middle], priority, id) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func precedes(_ other: TaskID, _ priority: UInt32, _ id: TaskID) -> Bool {
        let otherPriority = tasks[other].spec.priority
        return otherPriority > priority || (otherPriority == priority && other < id)
    }

    /// Whether the queue's tasks stand in their order, each once, as everything here relies on.
    var isQueueOrdered: Bool {
        zip(queue, queue.dropFirst()).allSatisfy { precedes($0, tasks[$1].spec.priority, $1) }
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
    public var itemsLeft: UInt64 { spec.itemsTotal - itemsDone }

    /// When it times out; the end of time when it never does.
    public var deadlineAt: EventTime {
        spec.deadlineMs == 0
            ? EventTime(nanoseconds: .max) : submittedAt.adding(milliseconds: spec.deadlineMs)
    }
}
