// What the events of a recovery check and change.

extension RecoveryBegan: FoldedMessage {
    /// What the choice was made on.
    static var unfoldedFields: FieldSet { [.field(9), .field(10)] }
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RungStarted: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension RecoveryCommitted: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(recovery, of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension RecoveryRolledBack: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(recovery, of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension HealDecided: FoldedMessage {
    /// Estimates.
    static var unfoldedFields: FieldSet { .field(6) }
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RungEnded: FoldedMessage {
    /// Detail.
    static var unfoldedFields: FieldSet { .field(4) }
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkAnswer(to: obligation, .heal, on: browser)
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}
