import Pool

/// A pure fold of events that answers questions. It holds whatever its answers need and nothing else.
public protocol Projection: Sendable {
    /// The projection before any event.
    init()
    /// Folds one event; events come in order and without gaps.
    mutating func apply(_ event: Event)
}
