import CLMDB
import Glibc

/// The one open LMDB environment of a data file in this process, shared by its writer and all its readers.
///
/// Every transaction runs inside ``withHandles(_:)``; what LMDB forbids while a transaction is open (resizing
/// the map, reopening, closing) runs inside ``exclusively(_:)``, which waits for all of them.
///
/// `@unchecked Sendable`: the LMDB pointers are only reached through the monitor `gate`. LMDB itself allows an
/// environment on any thread, and with `MDB_NOTLS` a read transaction too; write transactions are begun by the
/// writer thread alone, and begin and end on it.
final class Environment: @unchecked Sendable {
    let files: LogFiles
    let identity: FileIdentity
    let metadata: LogMetadata
    /// Tells followers in this process of commits and closings.
    let changes = ChangeSignal()

    private let gate: Monitor<Gate>
    private let watch = Monitor<CommitWatch?>(nil)

    struct Handles {
        var env: OpaquePointer
        var records: MDB_dbi
        var commits: MDB_dbi
        var index: MDB_dbi
        var metadata: MDB_dbi
        var mapBytes: Int
        var isWritable: Bool
        /// Opened without LMDB's table of readers, because it cannot be written: see ``LocklessReading``.
        var isLockless = false
        /// How the entries of `records` are laid out.
        var entries = RecordEntry.Form.packed
    }

    private struct Gate {
        var handles: Handles?
        var transactions = 0
        var isExclusive = false
        /// How many of the transactions each thread is in.
        var threads: [pthread_t: Int] = [:]
    }

    /// Takes over an environment that was just opened and whose metadata was read.
    init(files: LogFiles, identity: FileIdentity, opened: EnvironmentOpening.Opened) {
        self.files = files
        self.identity = identity
        metadata = opened.metadata
        gate = Monitor(Gate(handles: opened.handles))
    }

    /// Runs `body` with the environment open and unchanging. A thread that is inside may enter again.
    func withHandles<Value>(
        _ body: (Handles) throws(EventLogError) -> Value
    ) throws(EventLogError) -> Value {
        let thread = pthread_self()
        let entered: Handles? = gate.wait { gate in
            guard !gate.isExclusive || gate.threads[thread] != nil else { return nil }
            guard let handles = gate.handles else { return .some(nil) }
            gate.transactions += 1
            gate.threads[thread, default: 0] += 1
            return handles
        }
        guard let handles = entered else { throw EventLogError.closed(path: files.folder) }
        defer {
            gate.change { gate in
                gate.transactions -= 1
                let depth = (gate.threads[thread] ?? 1) - 1
                gate.threads[thread] = depth == 0 ? nil : depth
            }
        }
        return try body(handles)
    }

    /// Runs `body` when no transaction is open and lets none begin meanwhile. Setting the handles to nil closes
    /// the environment for good.
    func exclusively<Value>(
        _ body: (inout Handles?) throws(EventLogError) -> Value
    ) throws(EventLogError) -> Value {
        // Claimed first, then waited for: a stream of readers cannot hold it off.
        gate.wait { gate -> Void? in
            guard !gate.isExclusive else { return nil }
            gate.isExclusive = true
            return ()
        }
        var handles = gate.wait { gate -> Handles?? in gate.transactions == 0 ? .some(gate.handles) : nil }
        defer {
            gate.change { gate in
                gate.handles = handles
                gate.isExclusive = false
            }
        }
        return try body(&handles)
    }

    /// Wakes the followers at the next commit of another process after a transaction.
    func watchForeignCommits(since transactionID: UInt64) {
        let watch = watch.withLock { watch in
            let made = watch ?? CommitWatch(self)
            watch = made
            return made
        }
        watch.wake(after: transactionID)
    }

    /// The id of the last committed transaction, without beginning one.
    func lastTransactionID() throws(EventLogError) -> UInt64 {
        try withHandles { handles throws(EventLogError) in
            UInt64(lmdb: try information(handles).me_last_txnid)
        }
    }

    /// Where LMDB's last page ends in the file.
    func usedBytes() throws(EventLogError) -> Int {
        try withHandles { handles throws(EventLogError) in
            var statistics = MDB_stat()
            try check(mdb_env_stat(handles.env, &statistics), "read the environment's statistics")
            return (try information(handles).me_last_pgno + 1) * Int(statistics.ms_psize)
        }
    }

    private func information(_ handles: Handles) throws(EventLogError) -> MDB_envinfo {
        var info = MDB_envinfo()
        try check(mdb_env_info(handles.env, &info), "read the environment's state")
        return info
    }

    /// Runs `body` in a short read transaction.
    func read<Value>(
        _ body: (borrowing ReadTransaction) throws(EventLogError) -> Value
    ) throws(EventLogError) -> Value {
        var attempt = 0
        while true {
            var code: Int32 = 0
            let value: Value? = try withHandles { handles throws(EventLogError) in
                if handles.isLockless {
                    let guarding = try LocklessReading(files)
                    defer { withExtendedLifetime(guarding) {} }
                    return try begin(handles, &code, body)
                }
                return try begin(handles, &code, body)
            }
            if let value { return value }
            attempt += 1
            guard attempt <= 3 else { throw failure(code, "begin a read transaction") }
            switch code {
            case MDB_MAP_RESIZED where !isInside: try adoptMapSize()
            case MDB_READERS_FULL: try clearDeadReaders()
            // The writer of this process could not write a meta page, and is about to open the environment anew.
            case MDB_PANIC: usleep(20_000)
            default: throw failure(code, "begin a read transaction")
            }
        }
    }

    /// Runs `body` in a transaction; nil, and LMDB's code, if none could be begun.
    private func begin<Value>(
        _ handles: Handles, _ code: inout Int32,
        _ body: (borrowing ReadTransaction) throws(EventLogError) -> Value
    ) throws(EventLogError) -> Value? {
        var pointer: OpaquePointer?
        code = mdb_txn_begin(handles.env, nil, UInt32(MDB_RDONLY), &pointer)
        guard code == 0, let pointer else { return nil }
        let transaction = ReadTransaction(pointer: pointer, handles: handles, path: files.folder)
        return try body(transaction)
    }

    /// Whether this thread is in a transaction already.
    private var isInside: Bool { gate.withLock { $0.threads[pthread_self()] != nil } }

    /// Follows a map that another process has made larger.
    private func adoptMapSize() throws(EventLogError) {
        try exclusively { handles throws(EventLogError) in
            guard let env = handles?.env else { return }
            try check(mdb_env_set_mapsize(env, 0), "adopt the map's new size")
        }
    }

    /// Gives up the slots of readers whose process was killed.
    private func clearDeadReaders() throws(EventLogError) {
        try withHandles { handles throws(EventLogError) in
            var dead: Int32 = 0
            try check(mdb_reader_check(handles.env, &dead), "check the reader table")
        }
    }

    /// Makes the map larger; false if the address space allows no more, and the map stays as it was.
    func growMap() throws(EventLogError) -> Bool {
        try exclusively { handles throws(EventLogError) in
            guard let open = handles else { throw EventLogError.closed(path: files.folder) }
            let old = open.mapBytes
            // A failed call leaves LMDB without any map, so the old size is asked for again at the end.
            for size in [old * 2, old + old / 2, old + old / 4, old] {
                guard mdb_env_set_mapsize(open.env, size) == 0 else { continue }
                handles?.mapBytes = size
                return size > old
            }
            mdb_env_close(open.env)
            handles = nil
            throw EventLogError.system(operation: "mmap", path: files.data, errno: ENOMEM)
        }
    }

    /// Turns an environment that was opened for reading into one that can also write.
    func reopenForWriting(mapBytes: Int) throws(EventLogError) {
        try exclusively { handles throws(EventLogError) in
            guard let open = handles else { throw EventLogError.closed(path: files.folder) }
            guard !open.isWritable else { return }
            mdb_env_close(open.env)
            handles = nil
            let opening = EnvironmentOpening(files: files, mapBytes: mapBytes)
            do throws(EventLogError) {
                handles = try opening.openForWriting(creating: nil).handles
            } catch {
                // The readers keep what they had, if it can still be had.
                handles = try? opening.openForReading().handles
                throw error
            }
        }
    }

    /// Opens the environment anew after a failed commit, for reading until the next writer comes.
    func reopenForReading() throws(EventLogError) {
        try exclusively { handles throws(EventLogError) in
            guard let open = handles else { throw EventLogError.closed(path: files.folder) }
            mdb_env_close(open.env)
            handles = nil
            handles = try EnvironmentOpening(files: files, mapBytes: open.mapBytes).openForReading().handles
        }
    }

    /// Closes the environment after the last transaction has ended.
    func close() {
        // Closing cannot fail: the body throws nothing.
        try? exclusively { handles throws(EventLogError) in
            if let env = handles?.env { mdb_env_close(env) }
            handles = nil
        }
    }

    func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(EventLogError) {
        guard code == 0 else { throw failure(code, operation()) }
    }

    func failure(_ code: Int32, _ operation: String) -> EventLogError {
        EventLogError(lmdb: code, operation: operation, path: files.folder)
    }
}

extension UInt64 {
    /// A number of LMDB's, whose unsigned type is imported as a signed one; a damaged one may be very large.
    init(lmdb number: Int) {
        self = UInt64(UInt(bitPattern: number))
    }
}

extension EventLogError {
    /// What an LMDB return code says: damage where LMDB says so, the system's error for a positive code.
    init(lmdb code: Int32, operation: String, path: String, sequence: UInt64? = nil) {
        switch code {
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH, MDB_INCOMPATIBLE,
            MDB_BAD_TXN, MDB_CURSOR_FULL, MDB_PANIC:
            self = .damaged(
                path: path, sequence: sequence,
                problem: "LMDB could not \(operation): \(String(cString: mdb_strerror(code)))")
        case 1...: self = .system(operation: "LMDB: \(operation)", path: path, errno: code)
        default: self = .lmdb(operation: operation, path: path, code: code)
        }
    }
}
