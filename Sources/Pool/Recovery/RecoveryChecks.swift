/// What must be true before an event of a recovery can happen.
extension PoolState {
    func check(_ began: RecoveryBegan) throws(Obstacle) {
        let task = try tasks.required(began.task, "task")
        try require(tasks[at: task].recovery == nil, "task \(began.task) is in recovery already")
        try require(
            tasks[at: task].attempts > 0 || !isQueued(began.task),
            "task \(began.task) waits, and nothing of it has failed")
    }

    func check(_ started: RungStarted) throws(Obstacle) {
        let task = recoveries[at: try recoveries.required(started.recovery, "recovery")].task
        let attempts = tasks[task].attempts
        try require(started.attempt == attempts + 1, "task \(task) has had \(attempts) attempts")
    }

    func check(_ recovery: RecoveryID, of task: TaskID) throws(Obstacle) {
        let place = try recoveries.required(recovery, "recovery")
        try require(recoveries[at: place].task == task, "recovery \(recovery) is not of its task")
    }
}
