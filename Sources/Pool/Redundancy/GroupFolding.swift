// What the events of a redundancy group check and change.

extension TaskCopied: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension ComparisonDecided: FoldedMessage {
    /// Votes and tolerances.
    static var unfoldedFields: FieldSet { [.field(2), .field(3), .field(4)] }
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension OutputsCompared: FoldedMessage {
    /// Differences.
    static var unfoldedFields: FieldSet { .field(3) }
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkComparison(obligation, of: leader)
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension ComparisonFailed: FoldedMessage {
    /// Detail.
    static var unfoldedFields: FieldSet { .field(3) }
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkComparison(obligation, of: leader)
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.failComparison(obligation) }
}

extension ResultServed: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension GroupAgreed: FoldedMessage {
    /// All but the task.
    static var unfoldedFields: FieldSet { [.field(2), .field(3), .field(4), .field(5)] }
    func check(in state: PoolState) throws(Obstacle) { try state.checkEnd(ofGroup: leader) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeGroup(of: leader) }
}

extension GroupDisagreed: FoldedMessage {
    /// All but the task.
    static var unfoldedFields: FieldSet { [.field(2), .field(3), .field(4)] }
    func check(in state: PoolState) throws(Obstacle) { try state.checkEnd(ofGroup: leader) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeGroup(of: leader) }
}

extension GroupAbandoned: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.checkEnd(ofGroup: leader) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeGroup(of: leader) }
}
