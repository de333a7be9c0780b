import CLMDB
import Crypto

/// Walks all commits and their records and the index through LMDB, in short transactions, on every path that a
/// reader takes.
struct RecordAudit {
    private let environment: Environment
    private let path: String
    private let onProgress: (VerifyProgress) -> Void
    /// The last commit that was found as written.
    private(set) var last: CommitRecord?
    private var base: UInt64 = 0
    private var index = IndexAudit(behind: 0)
    /// How many entries the records were found in.
    private var entries: UInt64 = 0
    /// How far the last good commit says that the index goes.
    private var indexed: UInt64 = 0
    /// The transaction that was the last one when the audit began.
    private var firstTransactionID: UInt64 = 0

    private static let commitPageSize = 256

    var lastGood: UInt64 { last?.last ?? base }
    var progress: VerifyProgress {
        VerifyProgress(lastGood: lastGood, records: records, commits: last?.number ?? 0)
    }
    /// How many records were found as written.
    var records: UInt64 { lastGood - base }

    init(_ environment: Environment, onProgress: @escaping (VerifyProgress) -> Void) {
        self.environment = environment
        path = environment.files.folder
        self.onProgress = onProgress
    }

    /// Throws the first damage up to the head as it is now; then ``last`` tells how far all was well.
    mutating func run() throws(EventLogError) {
        let mark = try AcknowledgedMark.read(environment.files, logID: environment.metadata.logID)
        let (head, base, storedBase, id) = try environment.read { transaction throws(EventLogError) in
            (try transaction.head(), try transaction.base(), try transaction.storedBase(), transaction.id)
        }
        self.base = base
        firstTransactionID = id
        guard storedBase.position == base else {
            throw damage(base + 1, "its base is \(storedBase.position), but its commits begin at \(base)")
        }
        while last == nil || lastGood < head {
            let commits = try commitPage()
            if commits.isEmpty {
                throw damage(lastGood + 1, "it is in no commit, or its commit is missing")
            }
            for commit in commits {
                try audit(commit, storedBase)
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

    private mutating func audit(_ commit: CommitRecord, _ storedBase: LogBase) throws(EventLogError) {
        guard let last else {
            // The oldest commit: the creation of the log, or the end of what was moved to an archive. Opening compared
            // it with the metadata.
            guard base > 0 || commit.last == 0 else {
                throw damage(1, "its first commit is not its creation")
            }
            guard
                base == 0
                    || commit.last == base
                        && commit.chain == commit.expectedChain(after: storedBase.formerChain)
            else { throw damage(base + 1, "the commit at its base is not as written") }
            guard commit.indexed <= base else {
                throw damage(base + 1, "the commit at its base says that later records are indexed")
            }
            index = IndexAudit(behind: base)
            indexed = commit.indexed
            return
        }
        let first = last.last + 1
        guard commit.number == last.number + 1, commit.first == first, commit.last >= first else {
            throw damage(first, "the commit after \(last.last) does not follow upon it")
        }
        guard commit.transactionID >= last.transactionID else {
            throw damage(first, "its commit is of an older transaction than the one before")
        }
        guard commit.chain == commit.expectedChain(after: last.chain) else {
            throw damage(first, "its commit does not continue the chain")
        }
        var steps = StepAudit(path: path)
        var next = first
        while next <= commit.last {
            next = try auditRecords(from: next, through: commit.last, &steps)
        }
        guard steps.finish() == commit.stepsDigest else {
            throw damage(
                first,
                "the records from it to \(commit.last) have right checksums, but not their commit's hash")
        }
        try auditIndex(commit)
    }

    /// When a commit brings the index up to date, and how far, follows from the commits alone; what the index then says
    /// follows from the records.
    private mutating func auditIndex(_ commit: CommitRecord) throws(EventLogError) {
        let isIndexing = commit.last - indexed >= IndexBlock.recordCount
        guard commit.indexed == (isIndexing ? commit.last : indexed) else {
            throw damage(commit.first, "its commit says that the index goes to \(commit.indexed)")
        }
        guard isIndexing else { return }
        indexed = commit.last
        try environment.read { transaction throws(EventLogError) in
            try index.compare(
                through: commit.last, transaction, isLive: transaction.id != firstTransactionID)
        }
    }

    /// A page of records, each entry of which is reached in both ways that readers have: from its neighbour, also over the
    /// border of pages, and by a descent of its own. Damage to inner nodes can break one and leave the other.
    ///
    /// - Returns: the record after the page.
    private mutating func auditRecords(
        from first: UInt64, through last: UInt64, _ steps: inout StepAudit
    ) throws(EventLogError) -> UInt64 {
        try environment.read { transaction throws(EventLogError) in
            let cursor = try transaction.cursor(on: transaction.records)
            var found: ReadCursor.Entry?
            if first == base + 1 {
                found = try cursor.move(MDB_FIRST)
            } else if try cursor.move(MDB_SET_KEY, to: first - 1) != nil {
                found = try cursor.move(MDB_NEXT)
            }
            var bytes = 0
            var sequence = first
            while true {
                guard let current = found,
                    case let entry = try transaction.entry(current, expecting: sequence),
                    entry.first == sequence, entry.last <= last
                else { throw damage(sequence, "it does not follow upon the record before") }
                // What leads to both ends of an entry leads to all between.
                try requireDescent(to: entry.first, endingAt: current, transaction)
                try requireDescent(to: entry.last, endingAt: current, transaction)
                for index in 0..<entry.count {
                    self.index.add(
                        try steps.add(entry[index], at: sequence), entry[index], at: sequence)
                    sequence += 1
                }
                entries += 1
                bytes += current.value.count
                guard sequence <= last, sequence - first < UInt64(EventLogReader.defaultPageSize),
                    bytes < 4 << 20
                else { return sequence }
                found = try cursor.move(MDB_NEXT)
            }
        }
    }

    private func requireDescent(
        to sequence: UInt64, endingAt entry: ReadCursor.Entry, _ transaction: borrowing ReadTransaction
    ) throws(EventLogError) {
        let found = try transaction.cursor(on: transaction.records).move(MDB_SET_RANGE, to: sequence)
        guard let found, found.value.baseAddress == entry.value.baseAddress,
            found.value.count == entry.value.count
        else { throw damage(sequence, "it cannot be found by its number") }
    }

    /// What is true of every committed state: the last commit is the environment's last transaction, and nothing
    /// is there beside what belongs to the commits.
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
            let first = try transaction.base()
            let oldest = try transaction.commit(before: first)?.number ?? 0
            let commits = try transaction.entryCount(of: transaction.commits)
            guard commits == end.number - oldest + 1 else {
                throw damage(
                    nil, "LMDB counts \(commits) commits where there are \(end.number - oldest + 1)")
            }
            // What a writer has added or moved away since the start has entries and runs of its own.
            guard transaction.id == firstTransactionID else { return }
            let found = try transaction.entryCount(of: transaction.records)
            guard found == entries else {
                throw damage(nil, "LMDB counts \(found) entries of records where there are \(entries)")
            }
            let runs = try transaction.entryCount(of: transaction.index)
            guard runs == index.runs, index.compared == max(indexed, base) else {
                throw damage(nil, "LMDB counts \(runs) runs of the index where there are \(index.runs)")
            }
        }
    }

    private func damage(_ sequence: UInt64?, _ problem: String) -> EventLogError {
        .damaged(path: path, sequence: sequence, problem: problem)
    }
}
