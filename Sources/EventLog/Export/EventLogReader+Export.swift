import Crypto

extension EventLogReader {
    /// Writes the log, up to a commit, in one of the formats: its records and commits, the blobs that they refer to, and
    /// the snapshots of its base. Reading is done in short transactions (LOG-6).
    ///
    /// - Parameters:
    ///   - last: records up to this position are wanted; the export ends at the last commit that ends there or before.
    ///   - describe: what a record says, for the readable formats.
    ///   - write: takes the next bytes.
    /// - Throws: ``EventLogError`` for damage that is met; what `write` throws.
    @discardableResult
    public func export(
        _ format: ExportFormat, through last: UInt64 = .max,
        describe: (borrowing RecordView) -> RecordDescription? = { _ in nil },
        write: @escaping ([UInt8]) throws -> Void
    ) throws -> ExportReport {
        let (origin, end) = try lease.current().read { transaction throws(EventLogError) in
            (try transaction.origin(), try transaction.commit(before: min(last, try transaction.head())))
        }
        guard let end else {
            throw EventLogError.retired(path: path, sequence: last, first: try base() + 1)
        }
        var exporting = Exporting(
            format: format, logID: logID, base: origin?.base.position ?? 0, write: write)
        try exporting.put(.header(.init(metadata: lease.metadata, origin: origin)), at: createdNanoseconds)
        var next = exporting.report.base + 1
        while next <= end.last {
            next = try exportPage(from: next, through: end.last, &exporting, describe)
        }
        exporting.report.last = end.last
        exporting.report.chain = end.chain
        try exportBlobs(through: end.last, &exporting, at: end.timeNanoseconds)
        try exportSnapshots(at: exporting.report.base, &exporting, at: end.timeNanoseconds)
        try exporting.end(at: end.timeNanoseconds)
        return exporting.report
    }

    /// Writes the records of the commits that one page holds, at least one commit.
    private func exportPage(
        from first: UInt64, through last: UInt64, _ exporting: inout Exporting,
        _ describe: (borrowing RecordView) -> RecordDescription?
    ) throws -> UInt64 {
        let found = try lease.current().read { transaction throws(EventLogError) in
            try transaction.commit(holding: first)
        }
        guard let commit = found, commit.first == first else {
            throw EventLogError.damaged(path: path, sequence: first, problem: "its commit is missing")
        }
        try scan(from: first, through: commit.last) { record in
            let description = exporting.format == .protobuf ? nil : describe(record)
            try exporting.put(
                .record(ExportedRecord(record)), at: commit.timeNanoseconds, description)
        }
        try exporting.put(.commit(commit), at: commit.timeNanoseconds)
        return commit.last + 1
    }

    private func exportBlobs(
        through last: UInt64, _ exporting: inout Exporting, at time: UInt64
    ) throws {
        for digest in try referredBlobs(through: last).keys.sorted() {
            try exporting.put(.blob(try blob(digest)), at: time)
        }
    }

    /// What the export's own base needs to be folded from.
    private func exportSnapshots(
        at base: UInt64, _ exporting: inout Exporting, at time: UInt64
    ) throws {
        guard base > 0 else { return }
        let store = SnapshotStore(files: lease.files)
        for name in try store.names() where name.position == base {
            guard case .success(let file)? = try store.read(name),
                try Self.contradiction(file, lease.current()) == nil
            else { continue }
            try exporting.put(.snapshot(fold: name.fold, stored: file.stored), at: time)
        }
    }

    /// The last position at or before another one at which a commit ends; the base if there is none behind it.
    public func commitEnd(atOrBefore position: UInt64) throws(EventLogError) -> UInt64 {
        try lease.current().read { transaction throws(EventLogError) in
            let base = try transaction.base()
            guard position > base else { return base }
            return try transaction.commit(before: min(position, try transaction.head()))?.last ?? base
        }
    }
}

/// An export that is being written.
private struct Exporting {
    let format: ExportFormat
    var report: ExportReport
    private let encoding: ExportEncoding
    private let write: ([UInt8]) throws -> Void
    private var hash = SHA256()

    init(
        format: ExportFormat, logID: LogID, base: UInt64, write: @escaping ([UInt8]) throws -> Void
    ) {
        self.format = format
        self.write = write
        encoding = ExportEncoding(format: format, logID: logID)
        report = ExportReport(base: base, last: base, records: 0, commits: 0, blobs: 0, bytes: 0, chain: [])
    }

    mutating func put(
        _ item: ExportItem, at time: UInt64, _ description: RecordDescription? = nil
    ) throws {
        switch item {
        case .record: report.records += 1
        case .commit: report.commits += 1
        case .blob: report.blobs += 1
        case .header, .snapshot, .end: break
        }
        let raw = item.bytes
        hash.update(item: raw)
        let bytes = encoding.encode(item, raw: raw, timeNanoseconds: time, description)
        report.bytes += UInt64(bytes.count)
        try write(bytes)
    }

    mutating func end(at time: UInt64) throws {
        let end = ExportItem.End(
            records: report.records, commits: report.commits, chain: report.chain,
            digest: Array(hash.finalize()))
        try put(.end(end), at: time)
    }
}

extension SHA256 {
    /// Takes an item of an export, preceded by its length in 8 little-endian bytes.
    mutating func update(item: [UInt8]) {
        withUnsafeBytes(of: UInt64(item.count).littleEndian) { update(bufferPointer: $0) }
        update(data: item)
    }
}

extension ReadTransaction {
    /// Where the log begins, nil for one that has everything.
    func origin() throws(EventLogError) -> LogOrigin? {
        let base = try storedBase()
        guard base.position > 0 else { return nil }
        guard let commit = try commit(before: base.position), commit.last == base.position else {
            throw EventLogError.damaged(
                path: path, sequence: base.position + 1, problem: "the commit at its base is missing")
        }
        return LogOrigin(base: base, commit: commit)
    }
}
