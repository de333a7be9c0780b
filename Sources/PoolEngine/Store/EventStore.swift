import EventLog
import Pool

/// Where an engine appends its steps: the LMDB log, memory, or either behind injected faults.
///
/// An engine is the only appender of its store while it runs.
public protocol EventStore: EventSource {
    /// Queues a step, whole or not at all, and gives its records the next sequence numbers at once.
    ///
    /// `completion` is called once, from any thread, after the step is durable or when it cannot become so; not at all
    /// when this throws. Everything before a durable step is durable too, also steps that may wait. After a failure
    /// nothing more can be appended.
    @discardableResult
    func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) throws -> ClosedRange<UInt64>

    /// Keeps a snapshot of a durable position, durably. It may take as long as the disk does, and may be called from
    /// any thread.
    func save(_ snapshot: Snapshot) throws
}
