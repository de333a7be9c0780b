extension PoolState {
    /// Folds one event into the state, in place.
    ///
    /// The event must be the next one. A history that the core could not have written (a grant for a task that does
    /// not exist, say) is a precondition failure: `decide` refuses such transitions before they are recorded.
    public mutating func evolve(_ event: Event) {
        precondition(event.sequence == position + 1, "event \(event.sequence) does not follow \(position)")
        precondition(event.at >= lastEventAt, "event \(event.sequence) is older than the one before it")
        withUnsafeMutablePointer(to: &self) { state in
            var folding = Folding(state: state, event: event.stamp)
            event.payload.accept(&folding)
        }
    }

    private struct Folding: PayloadVisitor {
        let state: UnsafeMutablePointer<PoolState>
        let event: EventStamp
        mutating func visit<M: FoldedMessage>(_ message: inout M) {
            state.pointee.fold(message, at: event)
        }
    }

    @inline(__always)
    mutating func fold(_ message: some FoldedMessage, at event: EventStamp) {
        advance(to: event)
        message.fold(into: &self, at: event)
    }

    @inline(__always)
    mutating func advance(to event: EventStamp) {
        position = event.sequence
        lastEventAt = event.at
    }

    /// The state after these events.
    public static func fold(_ events: some Sequence<Event>) -> PoolState {
        events.reduce(into: PoolState()) { $0.evolve($1) }
    }
}
