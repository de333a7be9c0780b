/// Ways to break the log, or the disk under it, on purpose: a harness that finds nothing then is broken itself.
enum Breaking: String {
    /// Each step is acknowledged when it is submitted, and not when it is durable.
    case acknowledgeEarly = "acknowledge-early"
    /// Flushes do nothing, and nobody is told.
    case ignoreFlush = "ignore-flush"
    /// One page is not written, and nobody is told.
    case loseWrite = "lose-write"
}
