import Pool

/// A pure fold of events that answers questions. It holds whatever its answers need and nothing else.
public protocol Projection: Sendable {
    /// The projection before any event.
    init()
    /// The projection of a history of which no more is known than the state that it led to: what has ended before is
    /// not in it, and counts begin there.
    init(continuing state: PoolState)
    /// Folds one event; events come in order and without gaps.
    mutating func apply(_ event: Event)
}
