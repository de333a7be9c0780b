import CLogBaselines
import EventLog
import LogWorkload
import Measuring

/// What a pool's engine does with a log when it starts.
enum WeirFold {
    /// Nanoseconds of each of some folds of a whole log that is opened once.
    static func fold(folder: String, passes: Int, expecting events: Int) throws -> [UInt64] {
        let reader = try EventLog.openForReading(at: folder)
        defer { reader.close() }
        return try (0..<passes).map { _ in
            let began = clb_now()
            let folded = try reader.fold(PoolFold.self, usesSnapshots: false)
            let spent = clb_now() - began
            try require(folded, events, snapshot: 0)
            return spent
        }
    }

    /// Keeps the state as of a position in the log's folder.
    static func saveSnapshot(folder: String, at position: Int) throws {
        let reader = try EventLog.openForReading(at: folder)
        defer { reader.close() }
        try reader.fold(PoolFold.self, through: UInt64(position)).save(in: reader)
    }

    /// Nanoseconds from the opening of a log for writing until the pool's state is there.
    ///
    /// - Parameter snapshot: where the fold begins, 0 for the log's first event.
    static func open(folder: String, snapshot: Int, expecting events: Int) throws -> UInt64 {
        let began = clb_now()
        let log = try EventLog.open(at: folder)
        defer { log.close() }
        let folded = try log.reader.fold(PoolFold.self, usesSnapshots: snapshot > 0)
        let spent = clb_now() - began
        try require(folded, events, snapshot: snapshot)
        return spent
    }

    private static func require(_ folded: FoldedState<PoolFold>, _ events: Int, snapshot: Int) throws {
        guard folded.fold.state.position == events, folded.snapshotPosition == snapshot else {
            throw BenchmarkError(
                "\(folded.fold.state.position) of \(events) events were folded from \(folded.snapshotPosition) on"
            )
        }
    }
}
