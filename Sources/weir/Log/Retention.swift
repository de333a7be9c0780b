import EventLog
import Pool
import PoolEngine

/// Moves events out of a log that no engine holds.
struct Retention {
    private let log: EventLog
    private let store: LogEventStore
    private let clock: any EngineClock

    init(_ log: EventLog, clock: any EngineClock = SystemClock()) {
        self.log = log
        store = LogEventStore(log)
        self.clock = clock
    }

    /// The last event that is older than so many days; 0 if none is. Times never decrease along the log, so it is
    /// found by halving.
    func lastEvent(olderThanDays days: UInt64) throws -> UInt64 {
        let age = days.multipliedReportingOverflow(by: 86_400_000_000_000)
        let now = clock.now().nanoseconds
        guard !age.overflow, age.partialValue <= now else { return 0 }
        let limit = EventTime(nanoseconds: now - age.partialValue)
        var low = try log.reader.base()
        var high = try log.head()
        while low < high {
            let middle = low + (high - low + 1) / 2
            guard let record = try log.read(from: middle, limit: 1).first else { break }
            if try Event(of: record).at < limit { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// Moves the events up to a commit's end into an archive: keeps the state there, records where events leave, and
    /// then moves them.
    ///
    /// Ended in between, it can be done again: until the events are moved, the log is whole.
    func retire(through position: UInt64, onProgress: (UInt64) -> Void) async throws -> LogArchive {
        let state = try store.foldedState(
            through: position, onProblem: { Terminal.note("weir: \($0)") }, onProgress: onProgress)
        try store.save(state.baseSnapshot)
        try await record(position)
        return try log.retire(through: position, onProgress: onProgress)
    }

    /// Records the retention point as an engine would. The step refers to every blob that the work in hand needs, so
    /// that none of them goes with the step that named it first.
    private func record(_ position: UInt64) async throws {
        let archived = try log.reader.base()
        // The chain at the position is what an export up to it ends with.
        let end = try log.reader.export(.protobuf, through: position) { _ in }
        guard let chain = Digest(bytes: end.chain) else {
            throw FailedError("the log has no hash chain at event \(position); run weir log verify")
        }
        var machine = StepMachine(resuming: try store.foldedState())
        let point = RetentionPointSet(
            position: position, archive: LogArchives.name(base: archived, last: position), chain: chain)
        switch machine.receive(point.payload, at: clock.now()) {
        case .append(let step):
            var stored = step.stored
            stored.references = machine.state.blobs
            try await append(stored)
        case .rejected(let rejection): throw UsageError("\(rejection)")
        case .refused: preconditionFailure("only reports are refused")
        }
    }

    private func append(_ step: StoredStep) async throws {
        _ = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<ClosedRange<UInt64>, any Error>) in
            do {
                try store.submit(step) { continuation.resume(with: $0) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
