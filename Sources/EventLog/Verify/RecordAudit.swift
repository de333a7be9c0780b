import CLMDB
import Crypto

/// Walks all commits and their records through LMDB, in short transactions, on every path that a reader takes.
struct RecordAudit {
    private let environment: Environment
    private let path: String
    private let onProgress: (VerifyProgress) -> Void
    /// The last commit that was found as written.
    private(set) var last: CommitRecord?

    private static let commitPageSize = 256

    var lastGood: UInt64 { last?.last ?? 0 }
    var progress: VerifyProgress { VerifyProgress(lastGood: lastGood, commits: last?.number ?? 0) }

    init(_ environment: Environment, onProgress: @escaping (VerifyProgress) -> Void) {
        self.environment = environment
        path = environment.files.folder
        self.onProgress = onProgress
    }

    /// Throws the first damage up to the head as it is now; then ``last`` tells how far all was well.
    mutating func run() throws(EventLogError) {
        let mark = try AcknowledgedMark.read(environment.files, logID: environment.metadata.logID)
        let head = try environment.read { transaction throws(EventLogError) in try transaction.head() }
        while last == nil || lastGood < head {
            let commits = try commitPage()
            if commits.isEmpty {
                throw damage(lastGood + 1, "it is in no commit, or its commit is missing")
            }
            for commit in commits {
                try audit(commit)
                last = commit
                onProgress(progress)
                if lastGood >= head { break }
            }
        }
        try auditEnd()
        switch mark {
        case .none: break
        case .head(let acknowledged):
            guard lastGood >= acknowledged else {
                throw damage(
                    lastGood + 1, "records up to \(acknowledged) were acknowledged, but it is missing")
            }
        case .unreadable:
            throw damage(
                nil,
                "its file \"acknowledged\" is unreadable, so it cannot be told whether records are missing at the end"
            )
        }
    }

    /// The commits that follow the last good one.
    private func commitPage() throws(EventLogError) -> [CommitRecord] {
        let former = last?.last
        return try environment.read { transaction throws(EventLogError) in
            let cursor = try transaction.cursor(on: transaction.commits)
            var commits: [CommitRecord] = []
            var entry: ReadCursor.Entry?
            if let former {
                guard try cursor.move(MDB_SET_KEY, to: former) != nil else {
                    throw damage(former + 1, "the commit before it cannot be found any more")
                }
                entry = try cursor.move(MDB_NEXT)
            } else {
                entry = try cursor.move(MDB_FIRST)
            }
            while let found = entry, commits.count < Self.commitPageSize {
                commits.append(try transaction.commit(found))
                entry = try cursor.move(MDB_NEXT)
            }
            return commits
        }
    }

    private func audit(_ commit: CommitRecord) throws(EventLogError) {
        let first = lastGood + 1
        guard let last else {
            let created = CommitRecord(creating: environment.metadata, transactionID: 1)
            guard commit == created else { throw damage(first, "the log's first commit is not as written") }
            return
        }
        guard commit.number == last.number + 1, commit.first == first, commit.last >= first,
            commit.transactionID == last.transactionID + 1
        else {
            throw damage(first, "its commit does not follow upon the one before")
        }
        guard commit.chain == commit.expectedChain(after: last.chain) else {
            throw damage(first, "its commit's hash does not continue the chain")
        }
        var hash = SHA256()
        var next = first
        while next <= commit.last {
            let page = try recordPage(from: next, through: commit.last)
            for (index, entry) in page.entries.enumerated() {
                let sequence = next + UInt64(index)
                guard entry.beginsStep || sequence > first else {
                    throw damage(sequence, "it begins a commit, but no step")
                }
                let stored = page.bytes[
                    (entry.payload.lowerBound - RecordCoding.headerBytes)..<entry.payload.upperBound]
                withUnsafeBytes(of: UInt32(stored.count).littleEndian) { hash.update(bufferPointer: $0) }
                stored.withUnsafeBytes { hash.update(bufferPointer: $0) }
            }
            next += UInt64(page.entries.count)
        }
        guard Array(hash.finalize()) == commit.recordsDigest else {
            throw damage(
                first,
                "the records from it to \(commit.last) have right checksums, but not their commit's hash")
        }
    }

    /// A page of records, each reached in both ways that readers have: from its neighbour, also over the border
    /// of pages, and by a descent of its own. Damage to inner nodes can break one and leave the other.
    private func recordPage(from first: UInt64, through last: UInt64) throws(EventLogError) -> RecordPage {
        try environment.read { transaction throws(EventLogError) in
            var page = RecordPage(head: last, transactionID: transaction.id, first: first)
            let cursor = try transaction.cursor(on: transaction.records)
            var entry: ReadCursor.Entry?
            if first == 1 {
                entry = try cursor.move(MDB_FIRST)
            } else if try cursor.move(MDB_SET_KEY, to: first - 1) != nil {
                entry = try cursor.move(MDB_NEXT)
            }
            for sequence in first...last {
                guard let found = entry, found.key == sequence else {
                    throw damage(sequence, "it does not follow upon the record before")
                }
                guard let direct = try transaction.value(under: sequence, in: transaction.records),
                    direct.baseAddress == found.value.baseAddress, direct.count == found.value.count
                else {
                    throw damage(sequence, "it cannot be found by its number")
                }
                try page.append(found.value, at: sequence, path: path)
                guard page.entries.count < EventLogReader.defaultPageSize,
                    page.bytes.count < RecordPage.bytesLimit
                else { break }
                if sequence < last { entry = try cursor.move(MDB_NEXT) }
            }
            return page
        }
    }

    /// What is true of every committed state: the last commit is the environment's last transaction, and nothing
    /// is there beside the records of the commits.
    private func auditEnd() throws(EventLogError) {
        try environment.read { transaction throws(EventLogError) in
            let end = try transaction.lastCommit()
            guard end.last >= lastGood else {
                throw damage(end.last &+ 1, "the log has become shorter while it was verified")
            }
            let next = lastGood + 1
            guard try transaction.head() == end.last else {
                throw damage(
                    next, "the records end at \(try transaction.head()), but the commits at \(end.last)")
            }
            guard end.transactionID == transaction.id else {
                throw damage(
                    next,
                    "the last commit was transaction \(end.transactionID), but LMDB's last one is \(transaction.id)"
                )
            }
            let records = try transaction.entryCount(of: transaction.records)
            let commits = try transaction.entryCount(of: transaction.commits)
            guard records == end.last, commits == end.number &+ 1 else {
                throw damage(
                    nil,
                    """
                    LMDB counts \(records) records and \(commits) commits where there are \(end.last) and \
                    \(end.number &+ 1)
                    """)
            }
        }
    }

    private func damage(_ sequence: UInt64?, _ problem: String) -> EventLogError {
        .damaged(path: path, sequence: sequence, problem: problem)
    }
}
