// What the events of a recovery check and change.

extension RecoveryBegan: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RungStarted: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) {
        state.tasks[state.recoveries[recovery].task].attempts = attempt
    }
}

extension RecoveryCommitted: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(recovery, of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeRecovery(recovery) }
}

extension RecoveryRolledBack: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(recovery, of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeRecovery(recovery) }
}
