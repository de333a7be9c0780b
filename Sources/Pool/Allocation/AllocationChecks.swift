/// What must be true before an event of an allocation's life can happen.
extension PoolState {
    func check(_ granted: TaskGranted) throws(Obstacle) {
        let task = try tasks.required(granted.task, "task")
        try require(isQueued(task.id), "task \(task.id) is not in the queue")
        let browser = try browsers.required(granted.browser, "browser")
        try require(browser.phase == .ready, "browser \(browser.id) has no free lane")
    }

    func check(_ assigned: RunAssigned) throws(Obstacle) {
        let allocation = try allocations.required(assigned.allocation, "allocation")
        try require(allocation.run == nil, "allocation \(allocation.id) has a run")
        try require(allocation.task == assigned.task, "allocation \(allocation.id) is not of its task")
        try require(
            allocation.browser == assigned.browser, "allocation \(allocation.id) is not on its browser")
        let task = tasks[allocation.task]
        try require(assigned.firstItem == task.itemsDone, "task \(task.id) has \(task.itemsDone) results")
        try require(assigned.itemCount <= task.itemsLeft, "task \(task.id) has \(task.itemsLeft) items left")
    }

    func check(_ progressed: RunProgressed) throws(Obstacle) {
        let task = try runTask(progressed.obligation, progressed.allocation)
        try require(progressed.firstItem == task.itemsDone, "task \(task.id) has \(task.itemsDone) results")
        let left = allocations[progressed.allocation].endItem - task.itemsDone
        try require(progressed.itemCount <= left, "its run has \(left) items left")
    }

    func check(_ decided: PrepareDecided) throws(Obstacle) {
        let browser = try browsers.required(decided.browser, "browser")
        try require(browser.isUsable, "browser \(browser.id) is \(browser.phase.name)")
        try require(browser.preparing == nil, "browser \(browser.id) prepares a model already")
        _ = try tasks.required(decided.task, "task")
    }

    func check(_ released: AllocationReleased) throws(Obstacle) {
        let allocation = try allocations.required(released.allocation, "allocation")
        try require(allocation.run == nil, "allocation \(allocation.id) has a run")
        try require(allocation.task == released.task, "allocation \(allocation.id) is not of its task")
        try require(
            allocation.browser == released.browser, "allocation \(allocation.id) is not on its browser")
    }

    /// The task of a run that is under way.
    func runTask(_ run: ObligationID, _ allocation: AllocationID) throws(Obstacle) -> TaskState {
        let current = try allocations.required(allocation, "allocation")
        try require(current.run == run, "allocation \(allocation) does not have the run \(run)")
        return tasks[current.task]
    }
}
