/// What must be true before an event of an allocation's life can happen.
extension PoolState {
    @inline(__always)
    func check(_ granted: TaskGranted) throws(Obstacle) {
        let task = try tasks.required(granted.task, "task")
        if tasks[at: task].allocation != nil {
            try require(mayRace(at: task), "task \(granted.task) has an allocation")
        } else {
            let isHeld = tasks[at: task].phase == .recovering
            try require(isHeld || isQueued(granted.task), "task \(granted.task) is not in the queue")
        }
        let browser = try browsers.required(granted.browser, "browser")
        try require(browsers[at: browser].phase == .ready, "browser \(granted.browser) has no free lane")
    }

    @inline(__always)
    func check(_ assigned: RunAssigned) throws(Obstacle) {
        let allocation = allocations[at: try allocations.required(assigned.allocation, "allocation")]
        try require(allocation.run == nil, "allocation \(allocation.id) has a run")
        try require(allocation.task == assigned.task, "allocation \(allocation.id) is not of its task")
        try require(
            allocation.browser == assigned.browser, "allocation \(allocation.id) is not on its browser")
        let task = tasks.place(of: allocation.task)
        let (done, left) = (tasks[at: task].itemsDone, tasks[at: task].itemsLeft)
        try require(assigned.firstItem == done, "task \(allocation.task) has \(done) results")
        try require(assigned.itemCount <= left, "task \(allocation.task) has \(left) items left")
    }

    /// Checks that results are the next ones of a run, and gives the places of its allocation and its task.
    @inline(__always)
    func check(_ progressed: RunProgressed) throws(Obstacle) -> (allocation: Int, task: Int) {
        let place = try allocations.required(progressed.allocation, "allocation")
        let allocation = allocations[at: place]
        try checkRun(progressed.obligation, of: allocation)
        let task = tasks.place(of: allocation.task)
        let done = tasks[at: task].itemsDone
        try require(progressed.firstItem == done, "task \(allocation.task) has \(done) results")
        let left = allocation.endItem - done
        try require(progressed.itemCount <= left, "its run has \(left) items left")
        return (place, task)
    }

    @inline(__always)
    func check(_ decided: PrepareDecided) throws(Obstacle) {
        let place = try browsers.required(decided.browser, "browser")
        let phase = browsers[at: place].phase
        try require(phase.isUsable, "browser \(decided.browser) is \(phase.name)")
        try require(
            browsers[at: place].preparing == nil, "browser \(decided.browser) prepares a model already")
        try tasks.require(decided.task, "task")
    }

    @inline(__always)
    func check(_ released: AllocationReleased) throws(Obstacle) {
        let allocation = allocations[at: try allocations.required(released.allocation, "allocation")]
        try require(allocation.run == nil, "allocation \(allocation.id) has a run")
        try require(allocation.task == released.task, "allocation \(allocation.id) is not of its task")
        try require(
            allocation.browser == released.browser, "allocation \(allocation.id) is not on its browser")
    }

    /// Checks that a run is under way.
    @inline(__always)
    func checkRun(_ run: ObligationID, of id: AllocationID) throws(Obstacle) {
        try checkRun(run, of: allocations[at: try allocations.required(id, "allocation")])
    }

    @inline(__always)
    private func checkRun(_ run: ObligationID, of allocation: AllocationState) throws(Obstacle) {
        try require(allocation.run == run, "allocation \(allocation.id) does not have the run \(run)")
    }
}
