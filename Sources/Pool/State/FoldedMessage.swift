/// An event's payload, and what it does to the state.
protocol FoldedMessage: EventMessage {
    /// Fields that neither `check` nor `fold` reads: a fold of records need not keep their contents.
    static var unfoldedFields: FieldSet { get }

    /// Checks that it can happen: that all that it names is there, and in a state that lets it happen.
    func check(in state: PoolState) throws(Obstacle)

    /// Folds it into the state, in which it can happen.
    func fold(into state: inout PoolState, at event: EventStamp)

    /// Checks that it can happen, and folds it. Worth an implementation of its own where most events are of the type and
    /// both steps look for the same entities.
    func foldChecked(into state: inout PoolState, at event: EventStamp) throws(Obstacle)
}

extension FoldedMessage {
    static var unfoldedFields: FieldSet { .none }

    func check(in state: PoolState) throws(Obstacle) {}

    func fold(into state: inout PoolState, at event: EventStamp) {}

    @inline(__always)
    func foldChecked(into state: inout PoolState, at event: EventStamp) throws(Obstacle) {
        try check(in: state)
        state.fold(self, at: event)
    }
}
