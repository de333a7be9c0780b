import Glibc

/// Watches a log for commits of another process, on behalf of all followers of one environment.
///
/// A writer reads a byte of the file `acknowledged` after each commit (``AcknowledgedMark``), which inotify(7) tells at
/// once. Where it does not, as on some network file systems, the log is looked at now and then. The thread lives while
/// somebody waits.
final class CommitWatch: Sendable {
    private weak let environment: Environment?
    private let state = Monitor(State())

    private struct State {
        var isRunning = false
        /// The newest transaction that a waiting follower has seen.
        var seen: UInt64 = 0
        /// Turns of the thread since a follower came to wait.
        var idleTurns = 0
    }

    /// What inotify tells of the mark when it is set.
    static let event = UInt32(IN_ACCESS)
    /// How often the log is looked at though nothing was told, in milliseconds.
    private static let patienceMilliseconds: Int32 = 250
    /// The same where inotify does not work.
    private static let pollMilliseconds: Int32 = 25
    /// After so many turns without anybody who came to wait, the thread ends.
    private static let idleTurnsLimit = 40

    init(_ environment: Environment) {
        self.environment = environment
    }

    /// Has the environment's followers woken at the next commit after a transaction.
    func wake(after transactionID: UInt64) {
        let starts = state.withLock { state in
            state.seen = state.isRunning ? min(state.seen, transactionID) : transactionID
            state.idleTurns = 0
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard starts else { return }
        do throws(DetachedThread.Refusal) {
            try DetachedThread.start { self.run() }
        } catch {
            state.withLock { $0.isRunning = false }
            // Without a thread the followers look for themselves, once.
            environment?.changes.signal()
        }
    }

    private func run() {
        let notices = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        defer { if notices >= 0 { close(notices) } }
        var isWatched = false
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if !isWatched, notices >= 0, let mark = environment?.files.acknowledged {
                isWatched = inotify_add_watch(notices, mark, Self.event) >= 0
            }
            // The look comes after the watch is set, so that no commit falls between.
            guard look() else { return }
            var wait = pollfd(fd: notices, events: Int16(POLLIN), revents: 0)
            let patience = isWatched ? Self.patienceMilliseconds : Self.pollMilliseconds
            if poll(&wait, notices >= 0 ? 1 : 0, patience) > 0 {
                while read(notices, &buffer, buffer.count) > 0 {}
            }
        }
    }

    /// Wakes the followers if there is a new commit; false when the thread should end.
    private func look() -> Bool {
        // An environment that is closed has woken its followers itself.
        guard let environment, let newest = try? environment.lastTransactionID() else {
            state.withLock { $0.isRunning = false }
            return false
        }
        let (isNew, goesOn) = state.withLock { state in
            let isNew = newest > state.seen
            state.seen = max(state.seen, newest)
            state.idleTurns = isNew ? 0 : state.idleTurns + 1
            if state.idleTurns > Self.idleTurnsLimit { state.isRunning = false }
            return (isNew, state.isRunning)
        }
        // Followers that still wait when the thread ends would never be woken: they look, and come back.
        if isNew || !goesOn { environment.changes.signal() }
        return goesOn
    }
}
