import EventLog
import Pool

extension EventSource {
    /// Events that are read before they are handed on.
    private var pageSize: Int { 1024 }

    /// Hands every durable event to `body`, in order, from a sequence number (0 is the first that is there) up to and
    /// including another, and whether a step begins with it. The log is not kept from reusing pages meanwhile.
    ///
    /// - Throws: `EngineError.undecodable` at the first record that is no event.
    public func forEachEvent(
        from first: UInt64 = 0, through last: UInt64 = .max, _ body: (Event, Bool) throws -> Void
    ) throws {
        var next = first == 0 ? try basePosition() + 1 : first
        while next <= last {
            var page: [(event: Event, beginsStep: Bool)] = []
            page.reserveCapacity(pageSize)
            let end = next.addingReportingOverflow(UInt64(pageSize) - 1)
            try forEachRecord(from: next, through: min(last, end.overflow ? .max : end.partialValue)) {
                page.append((try Event(reading: $2, at: $0), $1))
            }
            for (event, beginsStep) in page { try body(event, beginsStep) }
            guard page.count == pageSize, let read = page.last?.event.sequence, read < .max else { return }
            next = read + 1
        }
    }

    /// The state that the durable events fold to, up to and including a sequence number.
    ///
    /// - Parameters:
    ///   - usesSnapshots: Whether the fold begins from the newest snapshot that can be used. Otherwise it begins with
    ///     the log's first event, or where that is in an archive with the snapshot that was taken there.
    ///   - onProblem: Called for each snapshot that cannot be used, with why.
    ///   - onProgress: Called now and then with the last event that was folded. It must be quick.
    /// - Throws: `EngineError.undecodable` or `.impossible` at the first event that is not one of a pool's history,
    ///   `.noSnapshot` when the log's beginning is in an archive and there is no state to begin from.
    public func foldedState(
        through last: UInt64 = .max, usesSnapshots: Bool = true, onProblem: (String) -> Void = { _ in },
        onProgress: (UInt64) -> Void = { _ in }
    ) throws -> PoolState {
        let base = try basePosition()
        var state = PoolState()
        if usesSnapshots, last >= base,
            let newest = try newestState(of: PoolState.snapshotName, through: last, onProblem)
        {
            state = newest
        }
        if state.position < base, last >= base,
            let first = try newestState(of: PoolState.baseSnapshotName, through: base, onProblem)
        {
            state = first
        }
        guard state.position >= base else { throw EngineError.noSnapshot(base: base) }
        guard state.position < last else { return state }
        try forEachBatch(from: state.position + 1, through: last) { records in
            do throws(RecordError) {
                try state.evolve(checking: records)
            } catch {
                throw EngineError(error, at: state.position + 1)
            }
            onProgress(state.position)
        }
        return state
    }

    /// Whether the engine of a state of this log was simulated; nil when there was none yet, or when its start is in
    /// an archive and no browser tells.
    public func isSimulated(_ state: PoolState) throws -> Bool? {
        guard state.engine > 0 else { return nil }
        guard try state.engine > basePosition() else {
            return state.browsers.entities.first { $0.pid != 0 }.map(\.simulated)
        }
        var isSimulated: Bool?
        try forEachEvent(from: state.engine, through: state.engine) { event, _ in
            if case .engineStarted(let started) = event.payload { isSimulated = started.simulated }
        }
        return isSimulated
    }

    /// The newest snapshot that holds a state.
    private func newestState(
        of name: String, through last: UInt64, _ onProblem: (String) -> Void
    ) throws -> PoolState? {
        var limit = last
        while true {
            let (snapshot, problems) = try newestSnapshot(
                of: name, version: PoolState.snapshotVersion, through: limit)
            for problem in problems { onProblem(problem) }
            guard let snapshot else { return nil }
            do throws(StateDecodingError) {
                let state = try PoolState(decoding: snapshot.bytes)
                if state.position == snapshot.position { return state }
                onProblem("the snapshot at \(snapshot.position) holds the state at \(state.position)")
            } catch {
                onProblem("the snapshot at \(snapshot.position) cannot be used: \(error)")
            }
            guard snapshot.position > 0 else { return nil }
            limit = snapshot.position - 1
        }
    }
}

extension PoolState {
    /// The state as a snapshot of its position.
    public var snapshot: Snapshot { snapshot(named: Self.snapshotName) }

    /// The state as the snapshot that a log begins with whose events up to its position are in an archive.
    public var baseSnapshot: Snapshot { snapshot(named: Self.baseSnapshotName) }

    private func snapshot(named name: String) -> Snapshot {
        Snapshot(fold: name, version: Self.snapshotVersion, position: position, bytes: canonicalBytes())
    }
}

extension EngineError {
    fileprivate init(_ error: RecordError, at sequence: UInt64) {
        switch error {
        case .undecodable(let error): self = .undecodable(sequence: sequence, error)
        case .impossible(let event): self = .impossible(event)
        }
    }
}

extension Event {
    fileprivate init(reading bytes: UnsafeRawBufferPointer, at sequence: UInt64) throws(EngineError) {
        do throws(WireError) {
            self = try Event(sequence: sequence, decoding: bytes)
        } catch {
            throw EngineError.undecodable(sequence: sequence, error)
        }
    }
}
