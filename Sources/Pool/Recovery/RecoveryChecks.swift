/// What must be true before an event of a recovery can happen.
extension PoolState {
    func check(_ began: RecoveryBegan) throws(Obstacle) {
        let task = try tasks.required(began.task, "task")
        try require(tasks[at: task].recovery == nil, "task \(began.task) is in recovery already")
        try checkRuns(began.task)
        try require(
            tasks[at: task].attempts > 0 || !isQueued(began.task),
            "task \(began.task) waits, and nothing of it has failed")
    }

    func check(_ started: RungStarted) throws(Obstacle) {
        let task = recoveries[at: try recoveries.required(started.recovery, "recovery")].task
        let attempts = tasks[task].attempts
        try require(
            started.attempt > 0 && (attempts...attempts + 1).contains(started.attempt),
            "task \(task) has had \(attempts) attempts")
        if started.rung.healsBrowser {
            try require(tasks[task].allocation == nil, "task \(task) has an allocation")
            try require(!isQueued(task), "task \(task) waits in the queue")
            try require(tasks[task].retryAt == .zero, "task \(task) waits for its backoff")
            try require(tasks[task].phase != .suspended, "task \(task) is suspended")
        }
    }

    func check(_ recovery: RecoveryID, of task: TaskID) throws(Obstacle) {
        let place = try recoveries.required(recovery, "recovery")
        try require(recoveries[at: place].task == task, "recovery \(recovery) is not of its task")
    }

    func check(_ decided: HealDecided) throws(Obstacle) {
        let browser = browsers[at: try browsers.required(decided.browser, "browser")]
        try require(
            browser.phase == .failed || browser.phase == .healing,
            "browser \(browser.id) is \(browser.phase.name)")
    }
}
