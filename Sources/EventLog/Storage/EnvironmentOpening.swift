import CLMDB
import Glibc

/// Opens the LMDB environment of a log and reads, or writes, what makes it one.
struct EnvironmentOpening {
    let files: LogFiles
    /// The address space wanted for the map; less is taken if the system refuses.
    let mapBytes: Int

    /// 1 TiB: no log of one machine fills it, and address space costs nothing.
    static let defaultMapBytes = 1 << 40

    private static let mapBytesFloor = 1 << 20
    private static let readersLimit: UInt32 = 1024
    private static let databaseNames = (
        records: "records", commits: "commits", index: "index", metadata: "meta"
    )

    struct Opened {
        var handles: Environment.Handles
        var metadata: LogMetadata
    }

    /// Opens what is there; creates nothing but LMDB's own lock file, and that only beside a real data file.
    func openForReading() throws(EventLogError) -> Opened {
        switch try Folder.kind(of: files.folder) {
        case .nothing: throw EventLogError.notFound(path: files.folder)
        case .file: throw EventLogError.notALog(path: files.folder, reason: "it is a file")
        case .folder: break
        }
        guard try holdsEnvironment() else {
            throw EventLogError.notALog(path: files.folder, reason: "it holds no data.mdb")
        }
        guard try LocklessReading.isNeeded(files) else { return try open(flags: MDB_RDONLY) }
        let guarding = try LocklessReading(files)
        defer { withExtendedLifetime(guarding) {} }
        return try open(flags: MDB_RDONLY | MDB_NOLOCK)
    }

    private func open(flags: Int32) throws(EventLogError) -> Opened {
        let handles = try openEnvironment(flags: UInt32(flags))
        return try identified(handles) { env throws(EventLogError) in
            try withTransaction(env, flags: UInt32(MDB_RDONLY)) { transaction throws(EventLogError) in
                try openDatabases(in: transaction, of: handles, flags: 0)
            }
        }
    }

    /// Opens the log for writing. `creating` gives the metadata of a log that does not exist yet; nil opens only
    /// an existing one. A log that is created begins at `origin`, or with its creation.
    func openForWriting(
        creating metadata: (() -> LogMetadata)?, origin: LogOrigin? = nil
    ) throws(EventLogError) -> Opened {
        if try !holdsEnvironment() {
            guard let metadata else { throw EventLogError.notFound(path: files.folder) }
            try createAside(metadata(), origin)
        } else {
            try Folder.removeAll(files.creation)
        }
        // Also for a log that is there: its creator may have ended before it flushed the entry.
        try Folder.synchronise(files.folder)
        let opened = try openInPlace(creating: metadata, origin: origin)
        return try identified(opened.handles) { env throws(EventLogError) in
            try flushLastCommit(opened.handles)
            return opened
        }
    }

    /// Makes the last commit durable, for from now on it is told as such. A writer that was killed may have written
    /// its meta page without flushing it; and what Linux could not flush it counts as written, so a flush alone would
    /// not bring it to the disk.
    private func flushLastCommit(_ handles: Environment.Handles) throws(EventLogError) {
        for number in [0, 1] as [UInt64] {
            guard SavedMetaPage(handles, overwrittenBy: number).write() else {
                throw EventLogError.system(operation: "pwrite", path: files.data, errno: errno)
            }
        }
        try check(mdb_env_sync(handles.env, 1), "flush the last commit")
    }

    private func openInPlace(
        creating metadata: (() -> LogMetadata)?, origin: LogOrigin?
    ) throws(EventLogError) -> Opened {
        let handles = try openEnvironment(flags: 0)
        return try identified(handles) { env throws(EventLogError) in
            try withTransaction(env, flags: 0) { transaction throws(EventLogError) in
                var flags: UInt32 = 0
                // The first transaction creates everything, so an environment without one has nothing.
                if let metadata, mdb_txn_id(transaction) == 1 {
                    flags = UInt32(MDB_CREATE)
                    try create(metadata(), origin, in: transaction)
                }
                return try openDatabases(in: transaction, of: handles, flags: flags)
            }
        }
    }

    /// Creates the data file in a folder of its own and moves it to its place when it is durable. LMDB writes a new
    /// file's meta pages without flushing them; cut short there, a file would be left that nobody can open.
    private func createAside(_ metadata: LogMetadata, _ origin: LogOrigin?) throws(EventLogError) {
        let aside = LogFiles(folder: files.creation)
        // The writer's lock is held, so what is there was left by a creation that was cut short.
        try Folder.removeAll(aside.folder)
        try Folder.create(aside.folder)
        let opening = EnvironmentOpening(files: aside, mapBytes: mapBytes)
        mdb_env_close(try opening.openInPlace(creating: { metadata }, origin: origin).handles.env)
        guard rename(aside.data, files.data) == 0 else {
            throw EventLogError.system(operation: "rename", path: aside.data, errno: errno)
        }
        try Folder.removeAll(aside.folder)
    }

    /// Whether there is a data file to open. One that is not LMDB's is refused here, before LMDB would put its
    /// lock file beside it; an empty one is the remainder of a creation that was cut short.
    func holdsEnvironment() throws(EventLogError) -> Bool {
        guard try Folder.kind(of: files.data) == .file else { return false }
        let file = try File(opening: files.data, O_RDONLY)
        guard try file.size() > 0 else { return false }
        guard try MetaPage.isPresent(in: file) else {
            throw EventLogError.notALog(path: files.folder, reason: "its data.mdb was not written by LMDB")
        }
        if case .failure(let damage) = try MetaPage.pair(of: file) {
            throw EventLogError.damaged(path: files.folder, sequence: nil, problem: damage.problem)
        }
        return true
    }

    private func openEnvironment(flags: UInt32) throws(EventLogError) -> Environment.Handles {
        var size = max(mapBytes, Self.mapBytesFloor)
        while true {
            var env: OpaquePointer?
            try check(mdb_env_create(&env), "create an environment")
            guard let env else { throw EventLogError(lmdb: ENOMEM, operation: "open", path: files.folder) }
            mdb_env_set_mapsize(env, size)
            mdb_env_set_maxdbs(env, 8)
            mdb_env_set_maxreaders(env, Self.readersLimit)
            // NOTLS: a read transaction belongs to itself and not to a thread, which Swift tasks may change.
            let code = mdb_env_open(env, files.folder, flags | UInt32(MDB_NOTLS), 0o644)
            if code == 0 {
                var descriptor: Int32 = -1
                mdb_env_get_fd(env, &descriptor)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                var dead: Int32 = 0
                mdb_reader_check(env, &dead)
                var info = MDB_envinfo()
                mdb_env_info(env, &info)
                return Environment.Handles(
                    env: env, records: 0, commits: 0, index: 0, metadata: 0,
                    mapBytes: Int(info.me_mapsize), isWritable: flags & UInt32(MDB_RDONLY) == 0,
                    isLockless: flags & UInt32(MDB_NOLOCK) != 0)
            }
            mdb_env_close(env)
            guard code == ENOMEM, size > Self.mapBytesFloor else {
                throw EventLogError(lmdb: code, operation: "open the environment", path: files.folder)
            }
            size = max(size / 4, Self.mapBytesFloor)
        }
    }

    /// Runs `body` on an open environment and closes it again if that fails.
    private func identified(
        _ handles: Environment.Handles, _ body: (OpaquePointer) throws(EventLogError) -> Opened
    ) throws(EventLogError) -> Opened {
        do throws(EventLogError) {
            return try body(handles.env)
        } catch {
            mdb_env_close(handles.env)
            throw error
        }
    }

    private func withTransaction<Value>(
        _ env: OpaquePointer, flags: UInt32, _ body: (OpaquePointer) throws(EventLogError) -> Value
    ) throws(EventLogError) -> Value {
        var pointer: OpaquePointer?
        try check(mdb_txn_begin(env, nil, flags, &pointer), "begin a transaction")
        guard let pointer else { throw EventLogError(lmdb: ENOMEM, operation: "begin", path: files.folder) }
        let value: Value
        do throws(EventLogError) {
            value = try body(pointer)
        } catch {
            mdb_txn_abort(pointer)
            throw error
        }
        // Also a read transaction is committed: that is what keeps the database handles.
        try check(mdb_txn_commit(pointer), "commit the opening transaction")
        return value
    }

    private func create(
        _ metadata: LogMetadata, _ origin: LogOrigin?, in transaction: OpaquePointer
    ) throws(EventLogError) {
        let meta = try openDatabase(Self.databaseNames.metadata, flags: MDB_CREATE, in: transaction)
        for entry in metadata.entries {
            try put(Array(entry.key.utf8), entry.value, in: meta, of: transaction)
        }
        let commits = try openDatabase(
            Self.databaseNames.commits, flags: MDB_CREATE | MDB_INTEGERKEY, in: transaction)
        var commit = origin?.commit ?? CommitRecord(creating: metadata, transactionID: 0)
        commit.transactionID = UInt64(lmdb: mdb_txn_id(transaction))
        let key = withUnsafeBytes(of: commit.last) { Array($0) }
        try put(key, commit.stored, in: commits, of: transaction)
        if let origin {
            try put(Array(LogMetadata.Key.base.utf8), origin.base.stored, in: meta, of: transaction)
        }
        _ = try openDatabase(
            Self.databaseNames.index, flags: MDB_CREATE | MDB_INTEGERKEY, in: transaction)
    }

    private func openDatabases(
        in transaction: OpaquePointer, of handles: Environment.Handles, flags: UInt32
    ) throws(EventLogError) -> Opened {
        let meta: MDB_dbi
        do throws(EventLogError) {
            meta = try openDatabase(Self.databaseNames.metadata, flags: Int32(flags), in: transaction)
        } catch .lmdb(_, _, MDB_NOTFOUND) {
            throw EventLogError.notALog(
                path: files.folder, reason: "its data.mdb holds something else, or nothing")
        }
        let metadata = try readMetadata(in: meta, of: transaction)
        var handles = handles
        handles.records = try openNumbered(Self.databaseNames.records, flags: flags, in: transaction)
        handles.commits = try openNumbered(Self.databaseNames.commits, flags: flags, in: transaction)
        handles.index = try openNumbered(Self.databaseNames.index, flags: flags, in: transaction)
        handles.metadata = meta
        handles.entries = RecordEntry.Form(format: metadata.format)
        try checkOrigin(metadata, handles, transaction)
        return Opened(handles: handles, metadata: metadata)
    }

    /// The oldest commit must be the creation that the metadata describe, or the one at which the base says that the
    /// log begins.
    private func checkOrigin(
        _ metadata: LogMetadata, _ handles: Environment.Handles, _ transaction: OpaquePointer
    ) throws(EventLogError) {
        let key = withUnsafeBytes(of: UInt64(0)) { Array($0) }
        if let stored = try value(under: key, in: handles.commits, of: transaction) {
            let found = CommitRecord(stored: stored)
            let transactionID = found?.transactionID ?? 0
            guard found == CommitRecord(creating: metadata, transactionID: transactionID) else {
                throw damaged("its metadata do not agree with its first commit")
            }
            return
        }
        let name = Array(LogMetadata.Key.base.utf8)
        let stored = try value(under: name, in: handles.metadata, of: transaction)
        guard let base = stored.flatMap(LogBase.init(stored:)) else {
            throw damaged("its first commit is missing")
        }
        let baseKey = withUnsafeBytes(of: base.position) { Array($0) }
        let commit = try value(under: baseKey, in: handles.commits, of: transaction)
            .flatMap(CommitRecord.init(stored:))
        guard let commit, commit.last == base.position,
            commit.chain == commit.expectedChain(after: base.formerChain)
        else {
            throw damaged("its base does not agree with the commit at \(base.position)")
        }
    }

    private func damaged(_ problem: String) -> EventLogError {
        .damaged(path: files.folder, sequence: nil, problem: problem)
    }

    private func readMetadata(
        in database: MDB_dbi, of transaction: OpaquePointer
    ) throws(EventLogError) -> LogMetadata {
        func value(_ name: String, bytes count: Int) throws(EventLogError) -> [UInt8] {
            let found = try self.value(under: Array(name.utf8), in: database, of: transaction)
            guard let found, found.count == count else {
                throw EventLogError.damaged(
                    path: files.folder, sequence: nil, problem: "its metadata lack a right \"\(name)\"")
            }
            return found
        }
        let format: UInt32 = try value(LogMetadata.Key.format, bytes: 4).littleEndian(at: 0)
        guard format <= LogMetadata.currentFormat else {
            throw EventLogError.newerFormat(
                path: files.folder, found: format, supported: LogMetadata.currentFormat)
        }
        guard format >= LogMetadata.oldestFormat else {
            throw EventLogError.olderFormat(
                path: files.folder, found: format, supported: LogMetadata.oldestFormat)
        }
        return LogMetadata(
            format: format,
            logID: LogID(bytes: try value(LogMetadata.Key.logID, bytes: LogID.byteCount)),
            createdNanoseconds: try value(LogMetadata.Key.created, bytes: 8).littleEndian(at: 0))
    }

    /// Opens a database keyed by sequence numbers; damage to its flags would misorder every look-up.
    private func openNumbered(
        _ name: String, flags: UInt32, in transaction: OpaquePointer
    ) throws(EventLogError) -> MDB_dbi {
        let wanted = flags == 0 ? 0 : Int32(flags) | MDB_INTEGERKEY
        let database = try openDatabase(name, flags: wanted, in: transaction)
        var stored: UInt32 = 0
        try check(mdb_dbi_flags(transaction, database, &stored), "read a database's flags")
        guard stored == UInt32(MDB_INTEGERKEY) else {
            throw EventLogError.damaged(
                path: files.folder, sequence: nil, problem: "its database \"\(name)\" has the flags \(stored)"
            )
        }
        return database
    }

    private func openDatabase(
        _ name: String, flags: Int32, in transaction: OpaquePointer
    ) throws(EventLogError) -> MDB_dbi {
        var database: MDB_dbi = 0
        try check(mdb_dbi_open(transaction, name, UInt32(flags), &database), "open the database \"\(name)\"")
        return database
    }

    private func value(
        under key: [UInt8], in database: MDB_dbi, of transaction: OpaquePointer
    ) throws(EventLogError) -> [UInt8]? {
        var key = key
        var found = MDB_val()
        let code = key.withUnsafeMutableBytes { bytes in
            var wanted = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            return mdb_get(transaction, database, &wanted, &found)
        }
        if code == MDB_NOTFOUND { return nil }
        try check(code, "read the metadata")
        guard found.mv_size <= CommitRecord.byteCount else { return nil }
        return Array(UnsafeRawBufferPointer(start: found.mv_data, count: found.mv_size))
    }

    private func put(
        _ key: [UInt8], _ value: [UInt8], in database: MDB_dbi, of transaction: OpaquePointer
    ) throws(EventLogError) {
        var key = key
        var value = value
        let code = key.withUnsafeMutableBytes { keyBytes in
            value.withUnsafeMutableBytes { valueBytes in
                var keyValue = MDB_val(mv_size: keyBytes.count, mv_data: keyBytes.baseAddress)
                var dataValue = MDB_val(mv_size: valueBytes.count, mv_data: valueBytes.baseAddress)
                return mdb_put(transaction, database, &keyValue, &dataValue, 0)
            }
        }
        try check(code, "write the metadata")
    }

    private func check(_ code: Int32, _ operation: String) throws(EventLogError) {
        guard code == 0 else { throw EventLogError(lmdb: code, operation: operation, path: files.folder) }
    }
}
