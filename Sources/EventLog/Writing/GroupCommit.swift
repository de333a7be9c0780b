import CLMDB
import Crypto
import Glibc

/// Writes groups of steps: first their blobs, then one LMDB transaction with all their records.
///
/// It belongs to the writer thread: an LMDB write transaction begins and ends on one thread.
struct GroupCommit: ~Copyable {
    private let environment: Environment
    private let blobs: BlobStore
    private let mark: AcknowledgedMark
    private let wallClockNanoseconds: @Sendable () -> UInt64
    private var last: CommitRecord
    /// The stored form of the group's records, each preceded by its length; kept for its capacity.
    private var buffer: [UInt8] = []
    private var ranges: [Range<Int>] = []

    /// The number of the last durable record.
    var head: UInt64 { last.last }

    /// Takes up an existing log at its last commit. Refuses a log that ends before what was acknowledged, or
    /// whose last commit is not the last transaction: to append there would bury the damage.
    init(
        _ environment: Environment, wallClockNanoseconds: @escaping @Sendable () -> UInt64
    ) throws(EventLogError) {
        let path = environment.files.folder
        let last = try environment.read { transaction throws(EventLogError) in
            let last = try transaction.lastCommit()
            let head = try transaction.head()
            guard last.last == head, last.transactionID == transaction.id else {
                throw EventLogError.damaged(
                    path: path, sequence: min(last.last, head) &+ 1,
                    problem: """
                        its last commit ends at record \(last.last) in transaction \(last.transactionID), but \
                        its records end at \(head) in transaction \(transaction.id)
                        """)
            }
            try Self.checkChain(last, transaction)
            return last
        }
        let logID = environment.metadata.logID
        if case .head(let head) = try AcknowledgedMark.read(environment.files, logID: logID), head > last.last
        {
            throw EventLogError.damaged(
                path: path, sequence: last.last + 1,
                problem: """
                    records up to \(head) were acknowledged, but it ends at \(last.last); to go on without \
                    them, remove the file \(environment.files.acknowledged)
                    """)
        }
        let blobs = BlobStore(files: environment.files)
        try blobs.removeUnfinished()
        let mark = try AcknowledgedMark(environment.files, logID: logID)
        try mark.write(head: last.last)
        self.environment = environment
        self.wallClockNanoseconds = wallClockNanoseconds
        self.blobs = blobs
        self.mark = mark
        self.last = last
    }

    /// The last commit must continue the one before it, for the next will continue the last.
    private static func checkChain(
        _ last: CommitRecord, _ transaction: borrowing ReadTransaction
    ) throws(EventLogError) {
        guard last.number > 0 else { return }
        var former: CommitRecord?
        if let value = try transaction.value(under: last.first &- 1, in: transaction.commits) {
            former = try transaction.commit(ReadCursor.Entry(key: last.first &- 1, value: value))
        }
        guard let former, last.number == former.number &+ 1,
            last.chain == last.expectedChain(after: former.chain)
        else {
            throw EventLogError.damaged(
                path: transaction.path, sequence: last.first,
                problem: "its last commit does not follow upon the one before")
        }
    }

    /// Makes the steps durable, all of them or none. They continue at ``head``.
    mutating func commit(_ steps: [QueuedStep]) throws(EventLogError) {
        try blobs.store(steps.flatMap(\.blobs))
        encode(steps)
        let digest = Array(SHA256.hash(data: buffer))
        let time = wallClockNanoseconds()
        while true {
            let commit = CommitRecord(
                number: last.number + 1, first: last.last + 1, last: last.last + UInt64(ranges.count),
                timeNanoseconds: time, transactionID: last.transactionID + 1, recordsDigest: digest,
                after: last.chain)
            if try write(commit) {
                last = commit
                break
            }
            guard try environment.growMap() else {
                throw EventLogError.lmdb(
                    operation: "grow the map", path: environment.files.folder, code: MDB_MAP_FULL)
            }
        }
        try mark.write(head: last.last)
    }

    private mutating func encode(_ steps: [QueuedStep]) {
        buffer.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        var sequence = last.last
        for step in steps {
            for (index, record) in step.records.enumerated() {
                sequence += 1
                let start = buffer.count + 4
                RecordCoding.appendFramed(
                    sequence: sequence, beginsStep: index == 0, payload: record, to: &buffer)
                ranges.append(start..<buffer.count)
            }
        }
    }

    /// Writes one transaction; false if the map was full, and nothing is written.
    private func write(_ commit: CommitRecord) throws(EventLogError) -> Bool {
        try environment.withHandles { handles throws(EventLogError) in
            var pointer: OpaquePointer?
            try environment.check(mdb_txn_begin(handles.env, nil, 0, &pointer), "begin a write transaction")
            guard let pointer else { return false }
            var code: Int32
            if UInt64(lmdb: mdb_txn_id(pointer)) == commit.transactionID {
                code = put(commit, handles, pointer)
            } else {
                // LMDB lets one write transaction run at a time, over all processes. If this one does not follow
                // upon our last commit, another writer has committed in between.
                mdb_txn_abort(pointer)
                throw EventLogError.fenced(path: environment.files.folder)
            }
            if code == 0 {
                code = mdb_txn_commit(pointer)
            } else {
                mdb_txn_abort(pointer)
            }
            if code == MDB_MAP_FULL { return false }
            // LMDB gives EIO for a write that was cut short, which is how a full disk shows there.
            if code == EIO, Folder.isFull(environment.files.folder) { code = ENOSPC }
            try environment.check(code, "commit records \(commit.first) to \(commit.last)")
            return true
        }
    }

    private func put(_ commit: CommitRecord, _ handles: Environment.Handles, _ pointer: OpaquePointer)
        -> Int32
    {
        var cursor: OpaquePointer?
        var code = mdb_cursor_open(pointer, handles.records, &cursor)
        guard code == 0 else { return code }
        buffer.withUnsafeBytes { bytes in
            for (offset, range) in ranges.enumerated() where code == 0 {
                code = append(
                    UnsafeRawBufferPointer(rebasing: bytes[range]), under: commit.first + UInt64(offset)
                ) {
                    mdb_cursor_put(cursor, $0, $1, UInt32(MDB_APPEND))
                }
            }
        }
        mdb_cursor_close(cursor)
        guard code == 0 else { return code }
        return commit.stored.withUnsafeBytes { bytes in
            append(bytes, under: commit.last) {
                mdb_put(pointer, handles.commits, $0, $1, UInt32(MDB_APPEND))
            }
        }
    }

    private func append(
        _ value: UnsafeRawBufferPointer, under key: UInt64,
        _ put: (UnsafeMutablePointer<MDB_val>, UnsafeMutablePointer<MDB_val>) -> Int32
    ) -> Int32 {
        var native = key
        return withUnsafeMutableBytes(of: &native) { keyBytes in
            var keyValue = MDB_val(mv_size: keyBytes.count, mv_data: keyBytes.baseAddress)
            // LMDB only reads the value; its C type has no const.
            var dataValue = MDB_val(
                mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
            return put(&keyValue, &dataValue)
        }
    }
}
