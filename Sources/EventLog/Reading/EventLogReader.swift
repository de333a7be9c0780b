/// Reads a log, also while it is being written. Every transaction is as short as one page of reading (LOG-6),
/// and no caller's code runs inside one.
public final class EventLogReader: Sendable {
    /// How many records a page holds if nothing else is asked for.
    public static let defaultPageSize = 1024

    let lease: EnvironmentLease

    init(_ lease: EnvironmentLease) {
        self.lease = lease
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

    /// Up to `limit` records from position `first` (0 counts as 1) on; none if the log ends before it.
    ///
    /// - Throws: ``EventLogError/damaged(path:sequence:problem:)`` at the first record that is not as written.
    public func read(from first: UInt64, limit: Int) throws(EventLogError) -> [Record] {
        var records: [Record] = []
        var next = max(first, 1)
        while records.count < limit {
            let page = try page(from: next, limit: min(limit - records.count, Self.defaultPageSize))
            records += page.records
            next += UInt64(page.entries.count)
            if page.entries.isEmpty || next > page.head { break }
        }
        return records
    }

    /// Gives `body` every record from `first` (0 counts as 1) through `last`, or through the head as it is when
    /// the scan comes there: its position, whether it begins a step, and its bytes.
    ///
    /// - Parameter pageSize: how many records are read in one transaction, at least 1.
    public func scan(
        from first: UInt64, through last: UInt64? = nil, pageSize: Int = EventLogReader.defaultPageSize,
        _ body: (UInt64, Bool, RawSpan) throws -> Void
    ) throws {
        var next = max(first, 1)
        let last = last ?? .max
        let pageSize = max(pageSize, 1)
        while next <= last {
            let wanted = last - next < UInt64(pageSize) ? Int(last - next) + 1 : pageSize
            let page = try page(from: next, limit: wanted)
            for (index, entry) in page.entries.enumerated() {
                try body(
                    next + UInt64(index), entry.beginsStep, page.bytes.span.bytes.extracting(entry.payload))
            }
            next += UInt64(page.entries.count)
            if page.entries.isEmpty || next > page.head { break }
        }
    }

    /// The content stored under `digest`, checked against it.
    public func blob(_ digest: BlobDigest) throws(EventLogError) -> [UInt8] {
        _ = try lease.current()
        return try BlobStore(files: lease.files).content(of: digest)
    }

    /// Gives `body` every stored blob, in the order of the digests, and whether its content is what its digest
    /// says. Which of them a record names, and so which are missing or orphaned, is known to who wrote them.
    public func checkBlobs(_ body: (BlobDigest, BlobCondition) throws -> Void) throws {
        _ = try lease.current()
        let store = BlobStore(files: lease.files)
        for digest in try store.digests() {
            let condition: BlobCondition
            do throws(EventLogError) {
                condition = .intact(bytes: try store.content(of: digest).count)
            } catch .blobAltered {
                condition = .altered
            } catch .blobMissing {
                continue
            }
            try body(digest, condition)
        }
    }

    /// The records from position `first` (0 counts as 1) on, first those that are there and then each as it
    /// becomes durable. No transaction is open while it waits. It ends when the task is cancelled or this reader
    /// is closed.
    public func follow(from first: UInt64) -> EventLogFollower {
        EventLogFollower(lease: lease, first: max(first, 1))
    }

    /// Ends the use of the log by this reader, once transactions in progress have ended.
    public func close() {
        lease.close()
    }

    func page(from first: UInt64, limit: Int) throws(EventLogError) -> RecordPage {
        try lease.current().read { transaction throws(EventLogError) in
            try transaction.page(from: first, limit: limit)
        }
    }
}

/// What a check of a stored blob found.
public enum BlobCondition: Hashable, Sendable {
    /// The content has the digest that it is stored under, and this many bytes.
    case intact(bytes: Int)
    /// The content has another digest.
    case altered
}
