/// The invariants of a log that can be seen from its records and from what its executor did.
public enum Invariant: String, CaseIterable, Sendable {
    /// Sequence numbers are gapless from 1; times never decrease; every cause is an earlier event; events leave the log
    /// in its order.
    case log1 = "LOG-1"
    /// The log folds to the state that the engine stepped to.
    case core1 = "CORE-1"
    /// Every recorded observation gives the recorded decisions again.
    case core2 = "CORE-2"
    /// Every submitted task ends in exactly one terminal event.
    case core4 = "CORE-4"
    /// No browser holds more than its lanes, and no more than `max_connections` processes may be alive.
    case core5 = "CORE-5"
    /// An allocation is released exactly once and outlives neither its task nor its deadline.
    case core6 = "CORE-6"
    /// Results are recorded in order, each once, and no recorded item is assigned again.
    case core7 = "CORE-7"
    /// A fault takes only what it names, and a task that waits has something to wait for.
    case core8 = "CORE-8"
    /// An obligation is opened once, closed once, and performed at most once, while it is owed and durable.
    case core9 = "CORE-9"
}
