/// A pure fold of a log's records, whose state can be kept as a snapshot.
public protocol LogFold: Sendable {
    /// The fold's name in the log's folder: 1 to 64 lower-case letters, digits and hyphens.
    static var name: String { get }
    /// To be raised whenever the same records give another state, or the state other bytes.
    static var version: UInt32 { get }
    /// What a page of records is read into before it is folded, on another thread where there are many. A fold whose
    /// records cost much to read has one of its own.
    associatedtype Batch: RecordBatch = RecordCopies

    /// The state before any record.
    init()
    /// The state that canonical bytes stand for.
    init(canonicalBytes: [UInt8]) throws
    /// The state as bytes: the same for the same records, on every machine.
    func canonicalBytes() -> [UInt8]
    /// Folds the next record. It may be given in a transaction, and should be quick.
    mutating func apply(_ record: borrowing RecordView) throws
    /// Folds the next records.
    ///
    /// - Parameter reached: the last record that was folded, also when this throws.
    mutating func apply(_ records: Batch, reached: inout UInt64) throws
}

extension LogFold where Batch == RecordCopies {
    public mutating func apply(_ records: RecordCopies, reached: inout UInt64) throws {
        // By address: to find a generic type's field anew for each record would cost more than many records do.
        try withUnsafeMutablePointer(to: &self) { fold in
            try records.forEachRecord { record in
                try fold.pointee.apply(record)
                reached = record.sequence
            }
        }
    }
}

/// A fold of a log, and how far it has come.
public struct FoldedState<Fold: LogFold>: Sendable {
    /// The state.
    public var fold: Fold
    /// The last record that was folded, 0 for none.
    public var position: UInt64
    /// The position of the snapshot that the fold began from, 0 for none.
    public var snapshotPosition: UInt64
    /// Snapshots that could not be used.
    public var problems: [SnapshotProblem]

    /// Keeps the state in the log's folder.
    public func save(in reader: EventLogReader) throws(EventLogError) {
        try reader.save(
            Snapshot(fold: Fold.name, version: Fold.version, position: position, bytes: fold.canonicalBytes())
        )
    }
}

extension EventLogReader {
    /// Folds the log up to a position, from the newest snapshot on that can be used.
    ///
    /// - Parameters:
    ///   - usesSnapshots: false folds everything from the log's first record on.
    ///   - onProgress: called with the last folded position after each page.
    /// - Throws: ``EventLogError/noSnapshot(fold:base:)`` if the log begins behind a base and there is no snapshot to
    ///   begin from; what `apply` throws.
    public func fold<Fold: LogFold>(
        _ type: Fold.Type, through last: UInt64 = .max, usesSnapshots: Bool = true,
        onProgress: (UInt64) -> Void = { _ in }
    ) throws -> FoldedState<Fold> {
        var state = try start(type, through: last, usesSnapshots: usesSnapshots)
        try state.advance(in: self, through: last, onProgress: onProgress)
        return state
    }

    private func start<Fold: LogFold>(
        _ type: Fold.Type, through last: UInt64, usesSnapshots: Bool
    ) throws -> FoldedState<Fold> {
        let base = try base()
        var problems: [SnapshotProblem] = []
        if usesSnapshots || base > 0 {
            // At the base there is nothing else to begin from.
            let newest = usesSnapshots ? last : base
            var search = try newestSnapshot(of: Fold.name, version: Fold.version, through: newest)
            while let snapshot = search.snapshot {
                problems += search.problems
                do {
                    return FoldedState(
                        fold: try Fold(canonicalBytes: snapshot.bytes), position: snapshot.position,
                        snapshotPosition: snapshot.position, problems: problems)
                } catch {
                    problems.append(
                        SnapshotProblem(
                            path: "\(Fold.name) at \(snapshot.position)",
                            problem: "its state cannot be read: \(error)"))
                    guard snapshot.position > 0 else { break }
                    search = try newestSnapshot(
                        of: Fold.name, version: Fold.version, through: snapshot.position - 1)
                }
            }
            problems += search.problems
        }
        guard base == 0 else { throw EventLogError.noSnapshot(fold: Fold.name, base: base) }
        return FoldedState(fold: Fold(), position: 0, snapshotPosition: 0, problems: problems)
    }
}

extension FoldedState {
    /// Folds what has come since, up to a position.
    public mutating func advance(
        in reader: EventLogReader, through last: UInt64 = .max, onProgress: (UInt64) -> Void = { _ in }
    ) throws {
        guard position < last else { return }
        guard try reader.isFar(from: position + 1, through: last) else {
            // Few records are not worth a batch: a projection that follows its log is here after each commit.
            var told = position
            try reader.scan(from: position + 1, through: last) { record in
                try fold.apply(record)
                position = record.sequence
                if position - told >= UInt64(EventLogReader.defaultPageSize) {
                    told = position
                    onProgress(position)
                }
            }
            return
        }
        try reader.scan(from: position + 1, through: last, inBatches: Fold.Batch.self) { records in
            let before = position
            try fold.apply(records, reached: &position)
            if position - before >= UInt64(EventLogReader.defaultPageSize) { onProgress(position) }
        }
    }
}
