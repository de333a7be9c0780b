import EventLog
import Pool
import PoolEngine

extension EventLogReader {
    /// The state just after an event, from the newest snapshot that can be used, with a line of progress on a terminal.
    ///
    /// - Parameter position: The event; nil is the log's last, 0 the state before any.
    /// - Throws: `UsageError` for a position that the log does not hold.
    func state(at position: UInt64?) throws -> PoolState {
        let head = try head()
        if let position, position > head {
            throw UsageError("the log at \(path) has no event \(position); its last is \(head)")
        }
        if let position, try position < base() { throw LogArchives(of: self).missing(max(position, 1)) }
        let progress = LiveProgress("folded", of: position ?? head)
        defer { progress.end() }
        return try LogEventSource(self).foldedState(
            through: position ?? head, onProblem: { Terminal.note("weir: \($0)") },
            onProgress: { progress.show($0) })
    }
}
