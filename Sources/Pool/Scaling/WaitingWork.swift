extension PoolState {
    /// A longer queue is not looked through: it is taken to be worth a launch.
    private static let longestQueueMeasured = 64

    /// How many lanes would do the work in hand within the time of one launch: with so many, a browser launched now would
    /// be usable only when the work is done. The work of a task is the time until its first item runs and what its items
    /// take that have no result; one whose model was never measured counts as a lane's whole work. Nil when it is not
    /// known how long a launch takes, or the queue is too long to be looked through.
    var lanesWorthLaunching: UInt64? {
        guard let costs, costs.launchUs > 0, queue.count <= Self.longestQueueMeasured else { return nil }
        var (workNs, unmeasured) = (UInt128(0), UInt128(0))
        func add(_ task: TaskState, startUs: UInt64) {
            let timings = timings.timings(of: task.spec.modelDigest, on: task.backend)
            guard let itemNs = timings.map(\.itemNs).max() else {
                unmeasured += 1
                return
            }
            workNs += UInt128(itemNs) * UInt128(task.itemsLeft) + UInt128(startUs) * 1_000
        }
        allocations.inspect { add(tasks[$0.pointee.task], startUs: 0) }
        for task in queue { add(tasks[task], startUs: costs.startUs) }
        let launchNs = UInt128(costs.launchUs) * 1_000
        return UInt64(clamping: (workNs + launchNs - 1) / launchNs + unmeasured)
    }
}
