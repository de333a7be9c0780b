/// A projection that follows its log: it begins from its newest checkpoint, folds what is there and then each record as
/// it becomes durable, and keeps a checkpoint now and then.
///
/// It can be rebuilt from the log's first record while it goes on to answer: the new state takes the old one's place
/// when it has caught up.
public final class LiveProjection<Fold: LogFold>: Sendable {
    private let reader: EventLogReader
    private let checkpointInterval: UInt64
    private let state: Monitor<FoldedState<Fold>>
    private let rebuilding = Monitor(false)
    private let checkpoint: Monitor<UInt64>

    /// Begins from the newest checkpoint, and folds what is in the log.
    ///
    /// - Parameter checkpointInterval: how many records are folded between two checkpoints.
    public init(_ reader: EventLogReader, checkpointInterval: UInt64 = 65536) throws {
        let folded = try reader.fold(Fold.self)
        self.reader = reader
        self.checkpointInterval = max(checkpointInterval, 1)
        state = Monitor(folded)
        checkpoint = Monitor(folded.snapshotPosition)
    }

    /// The last record that was folded.
    public var position: UInt64 { state.withLock { $0.position } }

    /// Reads the state as it is now, with the position that it is of.
    public func read<Value>(_ body: (Fold, UInt64) throws -> Value) rethrows -> Value {
        let folded = state.withLock { $0 }
        return try body(folded.fold, folded.position)
    }

    /// Follows the log until the task is cancelled or the reader closed.
    public func run() async throws {
        while !Task.isCancelled, reader.lease.isOpen {
            do {
                try catchUp()
                try await reader.waitForRecord(after: position)
            } catch EventLogError.closed {
                return
            }
        }
    }

    /// Folds what is in the log by now, and keeps a checkpoint when enough has come.
    public func catchUp() throws {
        try state.withLock { try $0.advance(in: reader) }
        let folded = state.withLock { $0 }
        let isDue = checkpoint.withLock { checkpoint in
            guard folded.position >= checkpoint + checkpointInterval else { return false }
            checkpoint = folded.position
            return true
        }
        if isDue { try folded.save(in: reader) }
    }

    /// Folds the whole log anew beside the state that answers, then puts the new state in its place and keeps a
    /// checkpoint. Does nothing while another rebuilding is under way.
    public func rebuild(onProgress: (UInt64) -> Void = { _ in }) throws {
        guard
            rebuilding.withLock({ was in
                defer { was = true }
                return !was
            })
        else { return }
        defer { rebuilding.withLock { $0 = false } }
        var rebuilt = try reader.fold(Fold.self, usesSnapshots: false, onProgress: onProgress)
        try rebuilt.save(in: reader)
        try state.withLock { state in
            // What came meanwhile is little.
            try rebuilt.advance(in: reader)
            state = rebuilt
        }
    }
}

extension EventLogReader {
    /// Returns when the log has a record behind a position, when the task is cancelled, or throws when it is closed.
    public func waitForRecord(after position: UInt64) async throws(EventLogError) {
        while !Task.isCancelled {
            let generation = lease.changes.generation
            let (head, transactionID) = try lease.current().read { transaction throws(EventLogError) in
                (try transaction.head(), transaction.id)
            }
            if head > position { return }
            if !lease.hasWriter { lease.watchForeignCommits(since: transactionID) }
            await lease.changes.wait(past: generation)
        }
    }
}
