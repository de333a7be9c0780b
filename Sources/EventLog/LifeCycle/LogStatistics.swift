import CLMDB
import Glibc

/// What a log consists of.
public struct LogStatistics: Hashable, Sendable {
    /// Records of one type.
    public struct TypeCount: Hashable, Sendable {
        /// The type, 0 for records without one.
        public var type: UInt16
        /// How many records.
        public var records: UInt64
        /// The bytes of their payloads.
        public var payloadBytes: UInt64
    }

    /// Quantiles of some values, each one of the values; all 0 if there are none.
    public struct Quantiles: Hashable, Sendable {
        /// Half of the values are at most this.
        public var p50: UInt64 = 0
        /// 99 of 100 values are at most this.
        public var p99: UInt64 = 0
        /// 999 of 1000 values are at most this.
        public var p999: UInt64 = 0
        /// The largest value.
        public var max: UInt64 = 0

        init(_ values: [UInt64]) {
            guard let largest = values.max() else { return }
            let sorted = values.sorted()
            func at(_ thousandths: Int) -> UInt64 { sorted[(sorted.count * thousandths + 999) / 1000 - 1] }
            p50 = at(500)
            p99 = at(990)
            p999 = at(999)
            max = largest
        }
    }

    /// The position that the log begins behind, 0 if it has everything.
    public var base: UInt64 = 0
    /// The last record.
    public var head: UInt64 = 0
    /// How many records there are.
    public var records: UInt64 = 0
    /// How many steps they were appended in.
    public var steps: UInt64 = 0
    /// How many commits they were written in.
    public var commits: UInt64 = 0
    /// The bytes of all payloads.
    public var payloadBytes: UInt64 = 0
    /// The bytes of the records as they are stored, with types, streams and checks.
    public var storedBytes: UInt64 = 0
    /// The size of the data file, free pages included.
    public var fileBytes: UInt64 = 0
    /// The bytes of the data file's pages that are in use.
    public var usedBytes: UInt64 = 0
    /// Per type, the most frequent first.
    public var types: [TypeCount] = []
    /// How many records a commit has.
    public var commitRecords = Quantiles([])
    /// How long commits took, in nanoseconds. The newest commit's is not known yet.
    public var commitNanoseconds = Quantiles([])
    /// When the first and the last commit began, in nanoseconds since the Unix epoch; nil without commits.
    public var commitTimes: ClosedRange<UInt64>?
    /// How many blobs there are.
    public var blobs = 0
    /// The bytes of all blobs.
    public var blobBytes: UInt64 = 0
    /// How many snapshots there are.
    public var snapshots = 0
    /// How many archives there are.
    public var archives = 0
}

extension EventLogReader {
    /// Counts what is in the log, in short transactions (LOG-6).
    ///
    /// - Parameter onProgress: called with the last counted position.
    public func statistics(onProgress: (UInt64) -> Void = { _ in }) throws -> LogStatistics {
        var statistics = LogStatistics()
        statistics.base = try base()
        var types: [UInt16: LogStatistics.TypeCount] = [:]
        try scan(from: 0) { record in
            let payloadBytes = UInt64(record.payload.byteCount)
            let type = record.type
            types[type, default: .init(type: type, records: 0, payloadBytes: 0)].records += 1
            types[type]?.payloadBytes += payloadBytes
            statistics.records += 1
            statistics.steps += record.beginsStep ? 1 : 0
            statistics.payloadBytes += payloadBytes
            statistics.storedBytes += UInt64(record.stored.byteCount)
            statistics.head = record.sequence
            if record.sequence % 65536 == 0 { onProgress(record.sequence) }
        }
        statistics.head = max(statistics.head, statistics.base)
        statistics.types = types.values.sorted {
            ($1.records, $0.type) < ($0.records, $1.type)
        }
        try countCommits(&statistics)
        try countFiles(&statistics)
        return statistics
    }

    private func countCommits(_ statistics: inout LogStatistics) throws(EventLogError) {
        var sizes: [UInt64] = []
        var durations: [UInt64] = []
        var position = statistics.base
        while position < statistics.head {
            let page = try commits(after: position, limit: 1024)
            guard let last = page.last else { break }
            for commit in page where commit.last <= statistics.head {
                sizes.append(commit.last - commit.first + 1)
                if commit.formerDurationNanoseconds > 0 { durations.append(commit.formerDurationNanoseconds) }
                let first = statistics.commitTimes?.lowerBound ?? commit.timeNanoseconds
                statistics.commitTimes =
                    min(first, commit.timeNanoseconds)...max(first, commit.timeNanoseconds)
            }
            position = last.last
        }
        statistics.commits = UInt64(sizes.count)
        statistics.commitRecords = .init(sizes)
        statistics.commitNanoseconds = .init(durations)
    }

    private func countFiles(_ statistics: inout LogStatistics) throws {
        let files = lease.files
        statistics.fileBytes = UInt64(try File(opening: files.data, O_RDONLY).size())
        statistics.usedBytes = try lease.current().read { transaction throws(EventLogError) in
            try transaction.usedBytes()
        }
        let store = BlobStore(files: files)
        for digest in try store.digests() {
            statistics.blobs += 1
            statistics.blobBytes += UInt64(try store.byteCount(of: digest))
        }
        statistics.snapshots = try SnapshotStore(files: files).names().count
        statistics.archives = try LogArchive.names(in: files).count
    }
}

extension ReadTransaction {
    /// The bytes of the pages that the databases consist of.
    fileprivate func usedBytes() throws(EventLogError) -> UInt64 {
        var pages: UInt64 = 2
        var pageBytes: UInt64 = 4096
        for database in [records, commits, index, 1] {
            var status = MDB_stat()
            let code = mdb_stat(pointer, database, &status)
            guard code == 0 else { throw EventLogError(lmdb: code, operation: "count pages", path: path) }
            pages +=
                UInt64(lmdb: status.ms_branch_pages) + UInt64(lmdb: status.ms_leaf_pages)
                + UInt64(lmdb: status.ms_overflow_pages)
            pageBytes = UInt64(status.ms_psize)
        }
        return pages * pageBytes
    }
}
