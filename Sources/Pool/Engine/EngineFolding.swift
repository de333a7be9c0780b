// What the events of an engine's life check and change.

extension EngineStarted: FoldedMessage {
    /// Version, host and log_id.
    static var unfoldedFields: FieldSet { [.field(1), .field(3), .field(5)] }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension PoolConfigured: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        try require(
            policy.maxConnections <= PoolPolicy.connectionLimit,
            "it allows more than \(PoolPolicy.connectionLimit) browsers")
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension EngineStopRequested: FoldedMessage {
    func fold(into state: inout PoolState, at event: EventStamp) { state.stopScaling() }
}

extension TimerFired: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        let timer = TimerState(dueAt: dueAt, kind: kind, subject: subject)
        try require(state.timers.contains(timer), "no such timer is set")
        if kind == .prepare { try state.obligations.require(ObligationID(subject), "obligation") }
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension StateDigestRecorded: FoldedMessage {}

extension ReportsRefused: FoldedMessage {}

extension RetentionPointSet: FoldedMessage {
    static var unfoldedFields: FieldSet { [.field(2), .field(3)] }
    func check(in state: PoolState) throws(Obstacle) {
        try require(
            position >= max(state.retentionPoint, 1) && position <= state.position,
            "the events up to \(position) cannot leave; those up to \(state.retentionPoint) have")
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.retentionPoint = position }
}
