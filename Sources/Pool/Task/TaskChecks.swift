/// What must be true before an event of a task's life can happen.
extension PoolState {
    @inline(__always)
    func check(_ queued: TaskQueued) throws(Obstacle) {
        let task = try tasks.required(queued.task, "task")
        try require(tasks[at: task].allocation == nil, "task \(queued.task) has an allocation")
        try require(!isQueued(queued.task), "task \(queued.task) is in the queue already")
        try checkRuns(queued.task)
        try require(
            tasks[at: task].recovery == nil || tasks[at: task].attempts > 0,
            "task \(queued.task) recovers without an attempt")
    }

    func check(_ retry: RetryScheduled) throws(Obstacle) {
        let task = try tasks.required(retry.task, "task")
        let (phase, attempts) = (tasks[at: task].phase, tasks[at: task].attempts)
        try require(phase == .queued, "task \(retry.task) is \(phase.name)")
        try checkRuns(retry.task)
        try require(
            (attempts...attempts + 1).contains(retry.attempt),
            "task \(retry.task) has had \(attempts) attempts")
        try require(retry.dueAt > .zero, "it has no time that it is due")
    }

    /// A task that runs in copies does not run itself.
    @inline(__always)
    func checkRuns(_ id: TaskID) throws(Obstacle) {
        try require(!groups.contains(id), "task \(id) runs in copies")
    }

    /// A task that runs in copies ends once they are a group no more, or once it has been served the result of one.
    @inline(__always)
    func checkEnd(of id: TaskID) throws(Obstacle) {
        try checkIdle(id)
        if let group = groups.placeIfPresent(of: id) {
            try require(groups[at: group].served != nil, "the copies of task \(id) are a group still")
        }
    }

    /// A task ends, or waits for its owner, only when it holds nothing.
    @inline(__always)
    func checkIdle(_ id: TaskID) throws(Obstacle) {
        let task = try tasks.required(id, "task")
        try require(tasks[at: task].allocation == nil, "task \(id) has an allocation")
        try require(tasks[at: task].recovery == nil, "task \(id) is in recovery")
    }
}
