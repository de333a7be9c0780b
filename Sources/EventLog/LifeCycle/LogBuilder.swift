import CLMDB
import Glibc

/// Builds a whole log in a folder beside its place, in few large transactions, and moves it there when it has been
/// verified: at its place there is a sound log or nothing.
///
/// An LMDB write transaction belongs to one thread, so a builder is used by one.
final class LogBuilder {
    let path: String
    private let files: LogFiles
    private let lock: WriterLock
    private let environment: Environment
    private var transaction: OpaquePointer?
    private var pendingBytes = 0
    private let base: UInt64
    private var block: IndexBlock
    /// The newest records of a commit that is being added.
    private var packing: RecordPacking
    private let packingRoom = RecordPacking.Room()
    /// The newest commit so far.
    private(set) var last: CommitRecord
    private var isFinished = false

    /// After so many bytes the transaction is committed.
    private static let transactionBytes = 32 << 20

    /// Begins a log that is to stand at `path`, where there is nothing yet or an empty folder.
    init(at path: String, _ metadata: LogMetadata, origin: LogOrigin?) throws(EventLogError) {
        switch try Folder.kind(of: path) {
        case .nothing: break
        case .file: throw EventLogError.alreadyExists(path: path)
        case .folder:
            guard try Folder.names(in: path).isEmpty else { throw EventLogError.alreadyExists(path: path) }
        }
        self.path = path
        files = LogFiles(folder: Self.trimmed(path) + ".partial")
        // What an earlier attempt left is of no use; the lock tells whether it is still under way.
        try Folder.create(files.folder)
        lock = try WriterLock(files)
        for name in try Folder.names(in: files.folder) where files.folder + "/" + name != files.writerLock {
            try Folder.removeAll(files.folder + "/" + name)
        }
        let opened = try EnvironmentOpening(files: files, mapBytes: EnvironmentOpening.defaultMapBytes)
            .openForWriting(creating: { metadata }, origin: origin)
        guard let identity = try FileIdentity(of: files.data) else {
            throw EventLogError.notFound(path: files.data)
        }
        environment = Environment(files: files, identity: identity, opened: opened)
        base = origin?.base.position ?? 0
        block = IndexBlock(behind: origin?.commit.indexed ?? 0, base: base)
        packing = RecordPacking(opened.handles.entries, in: packingRoom)
        last = origin?.commit ?? CommitRecord(creating: metadata, transactionID: 1)
    }

    deinit {
        guard !isFinished else { return }
        if let transaction { mdb_txn_abort(transaction) }
        environment.close()
        try? Folder.removeAll(files.folder)
    }

    // MARK: What goes in

    /// Adds the steps of a commit, and the commit as it was written.
    func append(_ commit: CommitRecord, _ steps: [SealedStep]) throws(EventLogError) {
        var placed: [(step: SealedStep, first: UInt64)] = []
        var next = commit.first
        for step in steps {
            placed.append((step, next))
            next += UInt64(step.count)
        }
        try write(steps.reduce(0) { $0 + $1.byteCount }) { $0.putRecords(of: placed, in: packingRoom) }
        for (step, first) in placed { block.add(step, from: first) }
        try append(commit)
    }

    /// Adds a record in its stored form.
    func append(
        stored: UnsafeRawBufferPointer, _ layout: RecordLayout, at sequence: UInt64
    ) throws(EventLogError) {
        block.add(layout, stored, at: sequence)
        guard let start = stored.baseAddress else { return }
        try write(stored.count) { writing in
            writing.withCursor(on: writing.handles.records) { cursor in
                writing.put(start, stored.count, at: sequence, mask: 0, &packing, cursor)
            }
        }
    }

    /// Adds a commit's own entry, and the run of the index that it writes.
    func append(_ commit: CommitRecord) throws(EventLogError) {
        var commit = commit
        try write(0) { writing in
            writing.withCursor(on: writing.handles.records) { writing.putEntry(of: &packing, $0) }
        }
        if block.isComplete(at: commit.last) {
            let run = block.run(through: commit.last)
            try write(run.bytes.count) { writing in
                let code = writing.put(run, through: commit.last)
                return code == 0 ? writing.joinNewestRuns() : code
            }
            block.restart(behind: commit.last)
        }
        commit.indexed = block.indexed
        try put(commit)
    }

    private func put(_ commit: CommitRecord) throws(EventLogError) {
        var commit = commit
        try write(CommitRecord.byteCount) { writing in
            commit.transactionID = UInt64(lmdb: mdb_txn_id(writing.transaction))
            return writing.put(commit)
        }
        last = commit
    }

    /// Adds a blob, durably.
    func add(blob content: [UInt8]) throws(EventLogError) {
        try BlobStore(files: files).store([(BlobDigest(of: content), content)])
    }

    /// Adds a snapshot in its stored form.
    func add(snapshot stored: [UInt8], fold: String) throws(EventLogError) {
        guard case .success(let file) = SnapshotFile.parse(stored), SnapshotStore.isFoldName(fold) else {
            return
        }
        try SnapshotStore(files: files).write(file, fold: fold)
    }

    /// Adds a file as it is.
    func add(file content: [UInt8], _ name: String, in folder: (LogFiles) -> String) throws(EventLogError) {
        try Folder.create(folder(files))
        try Folder.write(content, to: folder(files) + "/" + name)
    }

    /// Runs `body` in the present transaction, and commits that when enough has been written.
    private func write(
        _ bytes: Int, _ body: (TransactionWriting) -> Int32
    ) throws(EventLogError) {
        try environment.withHandles { handles throws(EventLogError) in
            if transaction == nil {
                try environment.check(
                    mdb_txn_begin(handles.env, nil, 0, &transaction), "begin a write transaction")
            }
            guard let transaction else { return }
            try environment.check(
                body(TransactionWriting(transaction: transaction, handles: handles)), "write to the new log")
        }
        pendingBytes += bytes
        if pendingBytes > Self.transactionBytes { try flush() }
    }

    private func flush() throws(EventLogError) {
        guard let pending = transaction else { return }
        transaction = nil
        pendingBytes = 0
        try environment.check(mdb_txn_commit(pending), "commit to the new log")
    }

    // MARK: The end

    /// Commits the rest, verifies the log and moves it to its place.
    ///
    /// - Parameter whenVerified: called before it is moved.
    /// - Throws: ``EventLogError/damaged(path:sequence:problem:)`` if what was put together is not sound.
    func finish(whenVerified: () -> Void = {}) throws(EventLogError) -> VerifyReport {
        // The newest commit's entry belongs to the last transaction, whatever came after it.
        try put(last)
        try flush()
        try AcknowledgedMark.write(files, logID: environment.metadata.logID, head: last.last)
        environment.close()
        let report = try EventLogVerifier.verifyInProcess(path: files.folder)
        if let problem = report.problem {
            throw EventLogError.damaged(path: path, sequence: report.firstBad, problem: problem)
        }
        whenVerified()
        lock.release()
        unlink(files.lockTable)
        if try Folder.kind(of: path) == .folder, rmdir(path) != 0 {
            throw EventLogError.system(operation: "rmdir", path: path, errno: errno)
        }
        guard rename(files.folder, Self.trimmed(path)) == 0 else {
            throw EventLogError.system(operation: "rename", path: path, errno: errno)
        }
        isFinished = true
        try Folder.synchronise(Folder.parent(of: path))
        return report
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }
}
