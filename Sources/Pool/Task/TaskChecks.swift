/// What must be true before an event of a task's life can happen.
extension PoolState {
    func check(_ queued: TaskQueued) throws(Obstacle) {
        let task = try tasks.required(queued.task, "task")
        try require(task.allocation == nil, "task \(task.id) has an allocation")
        try require(!isQueued(task.id), "task \(task.id) is in the queue already")
        try require(
            task.recovery == nil || task.attempts > 0, "task \(task.id) recovers without an attempt")
    }

    func check(_ retry: RetryScheduled) throws(Obstacle) {
        let task = try tasks.required(retry.task, "task")
        try require(task.phase == .queued, "task \(task.id) is \(task.phase.name)")
        let attempts = task.attempts...task.attempts + 1
        try require(attempts.contains(retry.attempt), "task \(task.id) has had \(task.attempts) attempts")
        try require(retry.dueAt > .zero, "it has no time that it is due")
    }

    /// A task ends, or waits for its owner, only when it holds nothing.
    func checkIdle(_ id: TaskID) throws(Obstacle) {
        let task = try tasks.required(id, "task")
        try require(task.allocation == nil, "task \(id) has an allocation")
        try require(task.recovery == nil, "task \(id) is in recovery")
    }
}
