import EventLog
import Pool
import PoolEngine

extension EventLogReader {
    /// The state just after an event, from the newest snapshot that can be used, with a line of progress on a terminal.
    ///
    /// - Parameters:
    ///   - position: The event; nil is the log's last, 0 the state before any.
    ///   - name: What the user calls the position.
    /// - Throws: `UsageError` for a position that the log does not hold.
    func state(at position: UInt64?, named name: String = "the position") throws -> PoolState {
        let head = try head()
        if let position, position > head {
            throw UsageError("\(name) is \(position), but the last event of the log at \(path) is \(head)")
        }
        if let position, try position < base() { throw LogArchives(of: self).missing(max(position, 1)) }
        let progress = LiveProgress("folded", of: position ?? head)
        defer { progress.end() }
        return try LogEventSource(self).foldedState(
            through: position ?? head, onProblem: { Terminal.note("weir: \($0)") },
            onProgress: { progress.show($0) })
    }
}
