// What the events of an allocation's life check and change.

extension TaskGranted: FoldedMessage {
    /// Candidates.
    static var unfoldedFields: FieldSet { .field(5) }
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RunAssigned: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RunStarted: FoldedMessage {
    /// Runtime.
    static var unfoldedFields: FieldSet { .field(6) }
    func check(in state: PoolState) throws(Obstacle) { try state.checkRun(obligation, of: allocation) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RunProgressed: FoldedMessage {
    /// Outputs.
    static var unfoldedFields: FieldSet { .field(5) }
    func check(in state: PoolState) throws(Obstacle) { _ = try state.check(self) }
    @inline(__always)
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
    @inline(__always)
    func foldChecked(into state: inout PoolState, at event: EventStamp) throws(Obstacle) {
        let places = try state.check(self)
        state.advance(to: event)
        state.record(self, of: places.allocation, places.task, at: event)
    }
}

extension RunCompleted: FoldedMessage {
    /// Metrics and provenance.
    static var unfoldedFields: FieldSet { [.field(3), .field(4)] }
    func check(in state: PoolState) throws(Obstacle) { try state.checkRun(obligation, of: allocation) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RunFailed: FoldedMessage {
    /// Detail.
    static var unfoldedFields: FieldSet { .field(4) }
    func check(in state: PoolState) throws(Obstacle) { try state.checkRun(obligation, of: allocation) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RunStopDecided: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.checkAnswer(to: run, .run, on: browser) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension RunStopped: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkAnswer(to: obligation, .stop, on: browser)
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.endStop(obligation, at: event.at) }
}

extension AllocationReleased: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension PrepareDecided: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension ModelPrepared: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkAnswer(to: obligation, .prepare, on: browser)
    }
    func fold(into state: inout PoolState, at event: EventStamp) {
        state.endPreparation(obligation, succeeded: true)
    }
}

extension PrepareFailed: FoldedMessage {
    /// Detail.
    static var unfoldedFields: FieldSet { .field(4) }
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkAnswer(to: obligation, .prepare, on: browser)
    }
    func fold(into state: inout PoolState, at event: EventStamp) {
        state.endPreparation(obligation, succeeded: false)
    }
}
