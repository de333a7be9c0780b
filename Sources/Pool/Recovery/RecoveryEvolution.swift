/// A recovery is a transaction: it begins with its member's checkpoint pinned, takes rungs, and commits when the
/// member runs again; otherwise it is rolled back.
extension PoolState {
    mutating func evolve(_ began: RecoveryBegan, at event: EventStamp) {
        let id = RecoveryID(event.sequence)
        precondition(tasks[began.task].recovery == nil, "task \(began.task) is in recovery already")
        recoveries.insert(
            RecoveryState(
                id: id, task: began.task, evidence: began.evidence, strategy: began.strategy,
                beganAt: event.at,
                deadline: began.deadline, checkpointItems: began.checkpointItems))
        tasks[began.task].recovery = id
        timers.set(.recoveryTimeout, event.sequence, at: began.deadline)
    }

    mutating func removeRecovery(_ id: RecoveryID) {
        let recovery = recoveries.remove(id)
        timers.clear(.recoveryTimeout, id.sequence, at: recovery.deadline)
        tasks[recovery.task].recovery = nil
    }
}
