import Crypto

/// Writes groups of steps: first their blobs, then one LMDB transaction with all their records and what is due of the index.
///
/// It belongs to the writer thread: an LMDB write transaction begins and ends on one thread.
struct GroupCommit: ~Copyable {
    let environment: Environment
    private let blobs: BlobStore
    private let mark: AcknowledgedMark
    private var room: ZeroedRoom
    private let packingRoom = RecordPacking.Room()
    private let wallClockNanoseconds: @Sendable () -> UInt64
    private let onCommitPoint: (@Sendable (CommitPoint) -> Void)?
    /// The newest commit.
    var last: CommitRecord
    /// The records that the index does not have yet.
    var block: IndexBlock
    let joiner: IndexJoiner
    private var lastDurationNanoseconds: UInt64 = 0

    /// The number of the last durable record.
    var head: UInt64 { last.last }

    /// Takes up an existing log at its last commit. Refuses a log that ends before what was acknowledged, or
    /// whose last commit is not the last transaction: to append there would bury the damage.
    init(_ environment: Environment, options: EventLog.Options) throws(EventLogError) {
        let (last, block) = try environment.read { transaction throws(EventLogError) in
            let last = try Self.lastSoundCommit(transaction)
            return (last, try transaction.unindexedRecords(behind: last.indexed))
        }
        let logID = environment.metadata.logID
        if case .head(let head) = try AcknowledgedMark.read(environment.files, logID: logID), head > last.last
        {
            throw EventLogError.damaged(
                path: environment.files.folder, sequence: last.last + 1,
                problem: """
                    records up to \(head) were acknowledged, but it ends at \(last.last); to go on without \
                    them, remove the file \(environment.files.acknowledged)
                    """)
        }
        let blobs = BlobStore(files: environment.files)
        try blobs.removeUnfinished()
        try LifeCycleRemains.remove(from: environment)
        let mark = try AcknowledgedMark(environment.files, logID: logID, head: last.last)
        room = try ZeroedRoom(behind: try environment.usedBytes(), in: environment.files)
        self.environment = environment
        self.blobs = blobs
        self.mark = mark
        self.last = last
        self.block = block
        joiner = IndexJoiner(environment)
        wallClockNanoseconds = options.wallClockNanoseconds
        onCommitPoint = options.onCommitPoint
    }

    private static func lastSoundCommit(
        _ transaction: borrowing ReadTransaction
    ) throws(EventLogError) -> CommitRecord {
        let last = try transaction.lastCommit()
        let head = try transaction.head()
        guard last.last == head, last.transactionID == transaction.id else {
            throw EventLogError.damaged(
                path: transaction.path, sequence: min(last.last, head) &+ 1,
                problem: """
                    its last commit ends at record \(last.last) in transaction \(last.transactionID), but \
                    its records end at \(head) in transaction \(transaction.id)
                    """)
        }
        guard last.number > 0 else { return last }
        // The last commit must continue the one before it, for the next will continue the last.
        let formerChain: [UInt8]
        if try transaction.base() == last.last {
            formerChain = try transaction.storedBase().formerChain
        } else if let value = try transaction.value(under: last.first &- 1, in: transaction.commits),
            case let former = try transaction.commit(.init(key: last.first &- 1, value: value)),
            last.number == former.number &+ 1
        {
            formerChain = former.chain
        } else {
            formerChain = []
        }
        guard last.chain == last.expectedChain(after: formerChain) else {
            throw EventLogError.damaged(
                path: transaction.path, sequence: last.first,
                problem: "its last commit does not follow upon the one before")
        }
        return last
    }

    /// Makes the steps durable, all of them or none. They continue at ``head``.
    ///
    /// - Parameter runs: what the index says of those that have been worked out already.
    mutating func commit(_ steps: [QueuedStep], _ runs: [QueuedRuns.Part]) throws(EventLogError) {
        let time = wallClockNanoseconds()
        for step in steps where !step.step.blobs.isEmpty { try blobs.store(step.step.blobs) }
        reach(.blobsStored)
        var digests: [UInt8] = []
        digests.reserveCapacity(steps.count * SHA256.Digest.byteCount)
        for step in steps { step.step.digest.withUnsafeBytes { digests.append(contentsOf: $0) } }
        let digest = SHA256.hash(data: digests).array
        let end = last.last + steps.reduce(0) { $0 + UInt64($1.step.count) }
        block.add(steps, runs)
        let run = block.isComplete(at: end) ? block.run(through: end) : nil
        let commit = CommitRecord(
            number: last.number + 1, first: last.last + 1, last: end, timeNanoseconds: time,
            formerDurationNanoseconds: lastDurationNanoseconds, stepsDigest: digest, after: last.chain,
            transactionID: last.transactionID + 1, indexed: run == nil ? block.indexed : end)
        try write(commit, steps, run, try run == nil ? nil : joiner.take())
        last = commit
        if run != nil { block.restart(behind: end) }
        reach(.committed)
        // A clock that was set back meanwhile tells nothing.
        let now = wallClockNanoseconds()
        lastDurationNanoseconds = now > time ? now - time : 0
    }

    /// Ends what is done beside the commits.
    func end() {
        joiner.end()
    }

    /// After a failed commit: lets the readers of this process go on. LMDB refuses every transaction of an environment
    /// that could not write a meta page, so it is opened anew.
    func abandon() {
        // Readers of an environment that cannot be opened again find it closed.
        try? environment.reopenForReading()
    }

    /// Marks how far the last commit went and makes room for the next ones, when those who waited for it know of it.
    mutating func settle() {
        mark.set(head: last.last)
        reach(.marked)
        if let used = try? environment.usedBytes() { room.extend(behind: used) }
    }

    /// Tells a test that the commit has come to a point; the last one is reached outside.
    func reach(_ point: CommitPoint) {
        onCommitPoint?(point)
    }

    /// Writes one transaction.
    private func write(
        _ commit: CommitRecord, _ steps: [QueuedStep], _ run: IndexRun?, _ joined: IndexJoiner.Joined?
    ) throws(EventLogError) {
        var runs: [StoredRun] = []
        try environment.commit(
            transaction: commit.transactionID, "commit records \(commit.first) to \(commit.last)"
        ) { writing in
            reach(.begun)
            var code = writing.putRecords(
                of: steps.lazy.map { ($0.step, $0.range.lowerBound) }, in: packingRoom)
            if code == 0 {
                reach(.recordsPut)
                if let joined { code = writing.put(joined) }
            }
            if code == 0, let run {
                code = writing.put(run, through: commit.last)
                if code == 0 { code = writing.newestRuns(&runs) }
                if code == 0, IndexTiers.areOverdue(runs.map(\.count)) {
                    joiner.forget()
                    code = writing.joinNewestRuns()
                    runs = []
                }
            }
            if code == 0 {
                reach(.indexPut)
                code = writing.put(commit)
            }
            if code == 0 { reach(.commitPut) }
            return code
        }
        if let keys = IndexTiers.keys(joining: runs) { joiner.join(keys) }
    }
}

extension IndexBlock {
    /// Adds the records of steps, some of which have runs already.
    fileprivate mutating func add(_ steps: [QueuedStep], _ runs: [QueuedRuns.Part]) {
        var runs = runs[...]
        for step in steps {
            while let run = runs.first, run.records.upperBound < step.range.lowerBound { runs.removeFirst() }
            switch runs.first {
            case let part? where part.records.lowerBound == step.range.lowerBound:
                add(part.run, of: part.records)
            case let part? where part.records.contains(step.range.lowerBound): break
            default: add(step.step, from: step.range.lowerBound)
            }
        }
    }
}
