/// When a step is acknowledged.
public enum Durability: Hashable, Sendable {
    /// After the commit that holds it is on disk: the step survives the end of process and machine (LOG-3).
    case durable
    /// When it has its place in the queue. It is committed with the next durable step, or after
    /// ``EventLog/Options/lazyNanoseconds``; it is lost if the process ends before.
    case lazy
}

/// Where the caller believes the log to be; a step with an expectation that is not met is refused, and takes no
/// position. Steps that are accepted and not yet durable count.
public enum Expectation: Hashable, Sendable {
    /// The last record of the log has this position; 0 for an empty log.
    case head(UInt64)
    /// The newest record of the stream has this position; 0 for a stream that has none.
    case stream(StreamID, newest: UInt64)
}
