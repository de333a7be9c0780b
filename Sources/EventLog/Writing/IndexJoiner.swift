/// Joins runs of the index on a thread of its own, while the writer goes on.
///
/// Joining takes the longer the more records the runs have, and nobody waits for it: readers find in many runs what they
/// find in one. So the writer says which runs are to be one, and a later commit puts what has been made of them in their
/// place.
final class IndexJoiner: Sendable {
    /// A run and the stored runs in whose place it is put.
    struct Joined: Sendable {
        let run: IndexRun
        /// The keys of the runs, the oldest one first.
        let keys: [UInt64]
    }

    private enum Work {
        case none
        case wanted([UInt64])
        case begun
        /// It is being done, but the runs have changed meanwhile.
        case forgotten
        case done(Result<Joined, EventLogError>?)
    }

    private struct State {
        var work = Work.none
        var hasThread = false
        var isEnding = false
    }

    private let environment: Environment
    private let state = Monitor(State())

    init(_ environment: Environment) {
        self.environment = environment
    }

    /// Has runs joined, unless others are being joined.
    ///
    /// - Parameter keys: those of the runs, which follow upon each other, the oldest one first.
    func join(_ keys: [UInt64]) {
        let isTaken = state.change { state in
            guard case .none = state.work else { return false }
            state.work = .wanted(keys)
            return true
        }
        guard isTaken else { return }
        do throws(DetachedThread.Refusal) {
            try startThread()
        } catch {
            doWork()
        }
    }

    /// What has been made, once; nil if nothing has yet.
    ///
    /// - Throws: ``EventLogError/damaged(path:sequence:problem:)`` if the runs could not be joined.
    func take() throws(EventLogError) -> Joined? {
        let outcome = state.withLock { state -> Result<Joined, EventLogError>? in
            guard case .done(let outcome) = state.work else { return nil }
            state.work = .none
            return outcome
        }
        return try outcome?.get()
    }

    /// Forgets what has been made or is being made, since the runs have changed.
    func forget() {
        state.change { state in
            switch state.work {
            case .none, .forgotten: break
            case .wanted, .done: state.work = .none
            case .begun: state.work = .forgotten
            }
        }
    }

    /// Ends the thread, and waits until it is out of the log.
    func end() {
        state.change { $0.isEnding = true }
        state.wait { $0.hasThread ? nil : () }
    }

    private func startThread() throws(DetachedThread.Refusal) {
        let isNew = state.withLock { state in
            defer { state.hasThread = true }
            return !state.hasThread
        }
        guard isNew else { return }
        do throws(DetachedThread.Refusal) {
            try DetachedThread.start { [self] in
                while waitForWork() { doWork() }
                state.change { $0.hasThread = false }
            }
        } catch {
            state.withLock { $0.hasThread = false }
            throw error
        }
    }

    /// Waits for something to do; false at the end.
    private func waitForWork() -> Bool {
        state.look { state in
            if state.isEnding { return .done(false) }
            if case .wanted = state.work { return .done(true) }
            return .wait
        }
    }

    private func doWork() {
        let keys = state.withLock { state -> [UInt64]? in
            guard case .wanted(let keys) = state.work else { return nil }
            state.work = .begun
            return keys
        }
        guard let keys else { return }
        let outcome: Result<Joined, EventLogError>?
        do throws(EventLogError) {
            let run = try environment.read { transaction throws(EventLogError) in
                try transaction.run(joining: keys)
            }
            outcome = .success(Joined(run: run, keys: keys))
        } catch {
            // Anything else than damage may be gone at the next attempt.
            if case .damaged = error { outcome = .failure(error) } else { outcome = nil }
        }
        state.change { state in
            if case .forgotten = state.work { state.work = .none } else { state.work = .done(outcome) }
        }
    }
}

extension ReadTransaction {
    /// The run of the records of some stored runs, which are given by their keys, the oldest one first.
    fileprivate borrowing func run(joining keys: [UInt64]) throws(EventLogError) -> IndexRun {
        var runs: [IndexRunView] = []
        for key in keys {
            guard let value = try value(under: key, in: index) else {
                throw EventLogError.damaged(
                    path: path, sequence: key, problem: "the run of the index that ends with it is missing")
            }
            runs.append(try run(.init(key: key, value: value)))
        }
        return IndexRun(joining: runs)
    }
}

extension IndexRun {
    /// The complete run of the records of some stored runs, of which there is one at least, the oldest one first.
    init(joining runs: [IndexRunView]) {
        self.init(merging: runs, from: runs[0].first)
        finish()
    }
}
