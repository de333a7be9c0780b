/// What must be true before an event of a recovery can happen.
extension PoolState {
    func check(_ began: RecoveryBegan) throws(Obstacle) {
        let task = try tasks.required(began.task, "task")
        try require(task.recovery == nil, "task \(task.id) is in recovery already")
        try require(
            task.attempts > 0 || !isQueued(task.id),
            "task \(task.id) waits, and nothing of it has failed")
    }

    func check(_ started: RungStarted) throws(Obstacle) {
        let task = tasks[try recoveries.required(started.recovery, "recovery").task]
        try require(started.attempt == task.attempts + 1, "task \(task.id) has had \(task.attempts) attempts")
    }

    func check(_ recovery: RecoveryID, of task: TaskID) throws(Obstacle) {
        let current = try recoveries.required(recovery, "recovery")
        try require(current.task == task, "recovery \(recovery) is not of its task")
    }
}
