/// In which order records are read.
public enum ReadDirection: Hashable, Sendable {
    /// From older to newer ones.
    case forwards
    /// From newer to older ones.
    case backwards
}

/// Reads a log, also while it is being written. Every transaction is as short as one page of reading (LOG-6).
public final class EventLogReader: Sendable {
    /// How many records a page holds if nothing else is asked for.
    public static let defaultPageSize = 1024

    let lease: EnvironmentLease
    private let onLifeCyclePoint: (@Sendable (LifeCyclePoint) -> Void)?

    init(_ lease: EnvironmentLease, onLifeCyclePoint: (@Sendable (LifeCyclePoint) -> Void)? = nil) {
        self.lease = lease
        self.onLifeCyclePoint = onLifeCyclePoint
    }

    deinit {
        close()
    }

    /// The identity of the log.
    public var logID: LogID { lease.metadata.logID }

    /// When the log was created, in nanoseconds since the Unix epoch.
    public var createdNanoseconds: UInt64 { lease.metadata.createdNanoseconds }

    /// The folder of the log, as it was opened first in this process.
    public var path: String { lease.files.folder }

    /// The number of the last record, 0 if there is none.
    public func head() throws(EventLogError) -> UInt64 {
        try lease.current().read { transaction throws(EventLogError) in try transaction.head() }
    }

    /// The last position that was moved to an archive, 0 if nothing was: the log's records begin behind it.
    public func base() throws(EventLogError) -> UInt64 {
        try lease.current().read { transaction throws(EventLogError) in try transaction.base() }
    }

    /// Up to `limit` records from position `first` on, or backwards from it; none where the log has none. Forwards, 0
    /// is the log's first record; backwards, a position behind the last is the last.
    ///
    /// - Throws: ``EventLogError/damaged(path:sequence:problem:)`` at the first record that is not as written;
    ///   ``EventLogError/retired(path:sequence:first:)`` for a position before the log's first record.
    public func read(
        from first: UInt64, limit: Int, _ direction: ReadDirection = .forwards
    ) throws(EventLogError) -> [Record] {
        var records: [Record] = []
        guard direction == .forwards else {
            var last = min(first, try head())
            while last > (try base()), records.count < limit {
                let page = try readBackwards(
                    from: last, limit: min(limit - records.count, Self.defaultPageSize))
                records += page
                last -= UInt64(page.count)
                if page.isEmpty { break }
            }
            return records
        }
        try scanTyped(from: first, limit: limit) { records.append(Record($0)) }
        return records
    }

    /// Gives `body` every record from `first` through `last` where it lies, or through the head as it is when the scan
    /// comes there. 0 is the log's first record.
    ///
    /// `body` runs in a transaction of a page of up to `pageSize` records: while it does, pages that a writer replaces
    /// cannot be used again, so it should be quick. It may read from this reader.
    ///
    /// - Parameters:
    ///   - pageSize: how many records are read in one transaction, at least 1.
    ///   - checking: whether each record's check is compared. Without it damage may go unnoticed.
    ///   - readingAhead: whether, where many records are to come, the next pages are read and checked meanwhile on a
    ///     thread of their own. `body` then runs in no transaction and is given copies: for one that has much to do.
    public func scan(
        from first: UInt64, through last: UInt64? = nil, pageSize: Int = EventLogReader.defaultPageSize,
        checking: Bool = true, readingAhead: Bool = false, _ body: (borrowing RecordView) throws -> Void
    ) throws {
        var next = first
        let last = last ?? .max
        guard next <= last else { return }
        if readingAhead, try isFar(from: first, through: last, pageSize: pageSize),
            let pages = readAhead(
                RecordCopies.self, from: first, through: last, pageSize: pageSize, checking: checking)
        {
            return try take(pages) { try $0.forEachRecord(body) }
        }
        while try !readPage(from: &next, through: last, pageSize: pageSize, checking: checking, body) {}
    }

    /// Gives `body` every record from `first` through `last` in batches, or through the head as it is when the scan
    /// comes there. 0 is the log's first record.
    ///
    /// `body` runs in no transaction. Where many records are to come, the next batches are filled meanwhile on a thread
    /// of their own. A batch is emptied when `body` has returned. Before an error is thrown, the records before it are
    /// given.
    ///
    /// - Parameters:
    ///   - pageSize: how many records make a batch, and are read in one transaction, at least 1.
    ///   - checking: whether each record's check is compared. Without it damage may go unnoticed.
    public func scan<Batch: RecordBatch>(
        from first: UInt64, through last: UInt64? = nil, pageSize: Int = EventLogReader.defaultPageSize,
        checking: Bool = true, inBatches type: Batch.Type, _ body: (Batch) throws -> Void
    ) throws {
        var next = first
        let last = last ?? .max
        guard next <= last else { return }
        if try isFar(from: first, through: last, pageSize: pageSize),
            let pages = readAhead(type, from: first, through: last, pageSize: pageSize, checking: checking)
        {
            return try take(pages, body)
        }
        let batch = Batch()
        var isEnd = false
        while !isEnd {
            var failure: (any Error)?
            do {
                isEnd = try readPage(from: &next, through: last, pageSize: pageSize, checking: checking) {
                    batch.append($0)
                }
            } catch {
                failure = error
            }
            try body(batch)
            if let failure { throw failure }
            batch.removeAll()
        }
    }

    /// So many pages at least pay for a thread.
    private static let pagesReadAhead = 8

    /// Whether so many records are to come that they pay for one.
    func isFar(
        from first: UInt64, through last: UInt64, pageSize: Int = EventLogReader.defaultPageSize
    ) throws(EventLogError) -> Bool {
        let end = min(try head(), last)
        return end > first && (end - first) / UInt64(max(pageSize, 1)) >= UInt64(Self.pagesReadAhead)
    }

    private func readAhead<Batch: RecordBatch>(
        _ type: Batch.Type, from first: UInt64, through last: UInt64, pageSize: Int, checking: Bool
    ) -> ReadAhead<Batch>? {
        ReadAhead(from: first) { [self] next, batch in
            try readPage(from: &next, through: last, pageSize: pageSize, checking: checking) {
                batch.append($0)
            }
        }
    }

    private func take<Batch: RecordBatch>(
        _ pages: ReadAhead<Batch>, _ body: (Batch) throws -> Void
    ) throws {
        defer { pages.end() }
        while let page = pages.next() {
            try body(page.batch)
            if let failure = page.failure { throw failure }
            pages.giveBack(page.batch)
        }
    }

    /// Gives `body` a page of records from a position on, which is moved behind them, in one transaction.
    ///
    /// - Returns: whether there are none after it.
    private func readPage(
        from next: inout UInt64, through last: UInt64, pageSize: Int, checking: Bool,
        _ body: (borrowing RecordView) throws -> Void
    ) throws -> Bool {
        // The body's error is carried out of LMDB's transaction, whose own errors are typed.
        var thrown: (any Error)?
        var isEnd = false
        try lease.current().read { transaction throws(EventLogError) in
            if next == 0 { next = try transaction.base() + 1 }
            try transaction.requireKept(next)
            let head = min(try transaction.head(), last)
            do {
                next += UInt64(
                    try transaction.forEachRecord(
                        from: next, head: head, limit: .init(records: max(pageSize, 1)), checking: checking,
                        body))
            } catch {
                thrown = error
            }
            isEnd = next > head
        }
        if let thrown { throw thrown }
        return isEnd
    }

    /// Up to `limit` records of a stream from position `first` on, or backwards from it, found by the index. Without
    /// `first` they begin with the oldest, or backwards with the newest.
    public func read(
        stream: StreamID, from first: UInt64? = nil, limit: Int, _ direction: ReadDirection = .forwards
    ) throws(EventLogError) -> [Record] {
        try read(.stream(stream), from: first, limit: limit, direction)
    }

    /// Up to `limit` records of a type from position `first` on, or backwards from it, found by the index. Without
    /// `first` they begin with the oldest, or backwards with the newest.
    public func read(
        type: UInt16, from first: UInt64? = nil, limit: Int, _ direction: ReadDirection = .forwards
    ) throws(EventLogError) -> [Record] {
        try read(.type(type), from: first, limit: limit, direction)
    }

    /// The position of a stream's newest record, 0 if the stream has none.
    public func newest(of stream: StreamID) throws(EventLogError) -> UInt64 {
        try lease.current().read { transaction throws(EventLogError) in
            try transaction.newest(of: .stream(stream)) ?? 0
        }
    }

    /// The content stored under `digest`, checked against it.
    public func blob(_ digest: BlobDigest) throws(EventLogError) -> [UInt8] {
        _ = try lease.current()
        return try BlobStore(files: lease.files).content(of: digest)
    }

    /// The records from position `first` on (0 is the log's first), first those that are there and then each as it
    /// becomes durable. No transaction is open while it waits. It ends when the task is cancelled or this reader
    /// is closed.
    public func follow(from first: UInt64) -> EventLogFollower {
        EventLogFollower(lease: lease, first: first)
    }

    /// Ends the use of the log by this reader, once transactions in progress have ended.
    public func close() {
        lease.close()
    }

    /// Tells a test that a snapshot, a backup or a retirement has come to a point.
    func reach(_ point: LifeCyclePoint) {
        onLifeCyclePoint?(point)
    }

    /// A scan whose body throws nothing, of up to `limit` records.
    private func scanTyped(
        from first: UInt64, limit: Int, _ body: (borrowing RecordView) -> Void
    ) throws(EventLogError) {
        guard limit > 0 else { return }
        let last = first.addingReportingOverflow(UInt64(limit) - 1)
        do {
            guard first > 0 else {
                let base = try base()
                let end = base.addingReportingOverflow(UInt64(limit))
                return try scan(from: base + 1, through: end.overflow ? nil : end.partialValue, body)
            }
            try scan(from: first, through: last.overflow ? nil : last.partialValue, body)
        } catch let error as EventLogError {
            throw error
        } catch {
            preconditionFailure("unexpected error \(error)")
        }
    }

    /// A page of records that ends at `last`, newest first.
    private func readBackwards(from last: UInt64, limit: Int) throws(EventLogError) -> [Record] {
        try lease.current().read { transaction throws(EventLogError) in
            let first = max(try transaction.base() + 1, last >= UInt64(limit) ? last - UInt64(limit) + 1 : 1)
            return try transaction.records(at: (first...last).reversed())
        }
    }

    private func read(
        _ term: IndexTerm, from first: UInt64?, limit: Int, _ direction: ReadDirection
    ) throws(EventLogError) -> [Record] {
        var records: [Record] = []
        var next = first ?? (direction == .forwards ? 0 : .max)
        while records.count < limit {
            let count = min(limit - records.count, Self.defaultPageSize)
            let page = try lease.current().read { transaction throws(EventLogError) in
                try transaction.records(
                    at: try transaction.sequences(of: term, from: next, limit: count, direction))
            }
            records += page
            guard page.count == count, let last = page.last else { break }
            if direction == .backwards, last.sequence == 1 { break }
            next = direction == .forwards ? last.sequence + 1 : last.sequence - 1
        }
        return records
    }
}

extension ReadTransaction {
    /// Checked copies of the records at some positions.
    fileprivate func records(at sequences: some Sequence<UInt64>) throws(EventLogError) -> [Record] {
        var records: [Record] = []
        do {
            for sequence in sequences {
                records.append(try withRecord(at: sequence) { Record($0) })
            }
        } catch let error as EventLogError {
            throw error
        } catch {
            preconditionFailure("unexpected error \(error)")
        }
        return records
    }
}
