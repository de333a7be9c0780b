/// A waiting task of much higher priority takes the lane of one that runs, between two items: that one goes back into the
/// queue with all its results.
extension Decider {
    /// Stops at most one run, and none while another stops: the lane that becomes free is granted first. Says whether a
    /// task went back into the queue.
    mutating func preempt() -> Bool {
        let gap = state.policy.preemptionGap
        guard gap > 0, let id = state.queue.first(besides: []),
            state.browsers.allSatisfy({ $0.pointee.stops.isEmpty && $0.pointee.phase != .launching })
        else { return false }
        let waiting = state.tasks[id]
        guard let victim = victim(of: waiting, gap: gap) else { return false }
        let task = state.allocations[victim].task
        stopAndRelease(victim, .preempted, cause: waiting.queuedBy)
        if succeedIfDone(task, cause: waiting.queuedBy) { return false }
        queue(task, .preempted, cause: waiting.queuedBy)
        return true
    }

    /// The run that gives way to a task: of the lowest priority, and of those the one granted last. One that recovers is
    /// let be, and so is one that would be granted first if it waited too.
    private func victim(of waiting: TaskState, gap: UInt32) -> AllocationID? {
        let needs = TaskNeeds(of: waiting)
        let agingMs = state.policy.agingMs
        let rank = TaskRank(of: waiting, agingMs: agingMs)
        let others = state.browsers(ofOtherCopiesThan: waiting)
        var victim: (id: AllocationID, priority: UInt32)?
        for allocation in state.allocations.entities {
            let task = state.tasks[allocation.task]
            guard task.phase == .running, task.recovery == nil,
                victim.map({ task.spec.priority <= $0.priority }) ?? true,
                task.spec.priority <= waiting.spec.priority,
                waiting.spec.priority - task.spec.priority >= gap,
                rank < TaskRank(of: task, agingMs: agingMs)
            else { continue }
            let browser = state.browsers[allocation.browser]
            let hasRoom = browser.lanesTaken == 1 || browser.hasMemory(for: waiting, state.policy)
            let isKept = state.isKept(waiting.spec.modelDigest, from: browser.kind)
            if browser.takesWork, browser.meets(needs), hasRoom, !isKept, !others.contains(browser.id) {
                victim = (allocation.id, task.spec.priority)
            }
        }
        return victim?.id
    }
}
