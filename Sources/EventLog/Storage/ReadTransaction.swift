import CLMDB
import CRecordCursor

/// A short LMDB read transaction, ended with its owner.
struct ReadTransaction: ~Copyable {
    let pointer: OpaquePointer
    private let handles: Environment.Handles
    let path: String

    var records: MDB_dbi { handles.records }
    var entryForm: RecordEntry.Form { handles.entries }
    var commits: MDB_dbi { handles.commits }
    var index: MDB_dbi { handles.index }

    init(pointer: OpaquePointer, handles: Environment.Handles, path: String) {
        self.pointer = pointer
        self.handles = handles
        self.path = path
    }

    deinit {
        mdb_txn_abort(pointer)
    }

    /// The id of the commit whose state this transaction sees.
    var id: UInt64 { UInt64(lmdb: mdb_txn_id(pointer)) }

    func cursor(on database: MDB_dbi) throws(EventLogError) -> ReadCursor {
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(pointer, database, &cursor)
        guard code == 0, let cursor else {
            throw EventLogError(lmdb: code, operation: "open a cursor", path: path)
        }
        return ReadCursor(pointer: cursor, path: path)
    }

    /// The value under `key`, found by a descent of its own; it lies in the map and ends with the transaction.
    func value(under key: UInt64, in database: MDB_dbi) throws(EventLogError) -> UnsafeRawBufferPointer? {
        var native = key
        return try withUnsafeMutableBytes(of: &native) { bytes throws(EventLogError) in
            var wanted = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            var found = MDB_val()
            switch mdb_get(pointer, database, &wanted, &found) {
            case 0: return UnsafeRawBufferPointer(start: found.mv_data, count: found.mv_size)
            case MDB_NOTFOUND: return nil
            case let code:
                throw EventLogError(lmdb: code, operation: "look up \(key)", path: path, sequence: key)
            }
        }
    }

    /// How many entries LMDB says the database has.
    func entryCount(of database: MDB_dbi) throws(EventLogError) -> UInt64 {
        var status = MDB_stat()
        let code = mdb_stat(pointer, database, &status)
        guard code == 0 else { throw EventLogError(lmdb: code, operation: "count entries", path: path) }
        return UInt64(lmdb: status.ms_entries)
    }

    /// The last commit; a log has at least the one of its creation.
    func lastCommit() throws(EventLogError) -> CommitRecord {
        guard let entry = try cursor(on: commits).move(MDB_LAST) else {
            throw EventLogError.damaged(path: path, sequence: 1, problem: "it has no commit")
        }
        return try commit(entry)
    }

    /// The number of the last record; that of the base if there is none after it.
    func head() throws(EventLogError) -> UInt64 {
        if let last = try cursor(on: records).move(MDB_LAST) { return last.key }
        return try base()
    }

    /// The last position that is not in the log any more; 0 if the log has everything.
    func base() throws(EventLogError) -> UInt64 {
        guard let first = try cursor(on: commits).move(MDB_FIRST) else {
            throw EventLogError.damaged(path: path, sequence: 1, problem: "it has no commit")
        }
        return first.key
    }

    /// What the log's metadata say of its base; position 0 if they say nothing.
    func storedBase() throws(EventLogError) -> LogBase {
        var name = Array(LogMetadata.Key.base.utf8)
        var found = MDB_val()
        let code = name.withUnsafeMutableBytes { bytes in
            var wanted = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            return mdb_get(pointer, handles.metadata, &wanted, &found)
        }
        switch code {
        case 0: break
        case MDB_NOTFOUND: return LogBase(position: 0, formerChain: [])
        default: throw EventLogError(lmdb: code, operation: "read the metadata", path: path)
        }
        guard found.mv_size == LogBase.byteCount,
            let base = LogBase(
                stored: Array(UnsafeRawBufferPointer(start: found.mv_data, count: found.mv_size)))
        else {
            throw EventLogError.damaged(path: path, sequence: nil, problem: "its base is not one")
        }
        return base
    }

    /// The commit that a position belongs to, nil behind the last one.
    func commit(holding sequence: UInt64) throws(EventLogError) -> CommitRecord? {
        guard let entry = try cursor(on: commits).move(MDB_SET_RANGE, to: sequence) else { return nil }
        return try commit(entry)
    }

    /// The newest commit that ends at or before a position.
    func commit(before sequence: UInt64) throws(EventLogError) -> CommitRecord? {
        let cursor = try cursor(on: commits)
        var entry = try cursor.move(MDB_SET_RANGE, to: sequence)
        if entry?.key != sequence { entry = try cursor.move(entry == nil ? MDB_LAST : MDB_PREV) }
        guard let entry else { return nil }
        return try commit(entry)
    }

    func commit(_ entry: ReadCursor.Entry) throws(EventLogError) -> CommitRecord {
        guard entry.value.count == CommitRecord.byteCount,
            let commit = CommitRecord(stored: Array(entry.value)), commit.last == entry.key
        else {
            throw EventLogError.damaged(
                path: path, sequence: entry.key, problem: "the commit stored under \(entry.key) is not one")
        }
        return commit
    }
}

/// A cursor over a database with integer keys, closed with its owner.
struct ReadCursor: ~Copyable {
    let pointer: OpaquePointer
    let path: String

    struct Entry {
        var key: UInt64
        /// Lies in the map and ends with the transaction.
        var value: UnsafeRawBufferPointer
    }

    deinit {
        mdb_cursor_close(pointer)
    }

    /// What ended ``records(_:from:fetching:limit:into:)``.
    enum End {
        /// The room is full, or the database has no more.
        case none
        /// The next entry contradicts itself.
        case badEntry
        case failure(EventLogError)
    }

    /// The records of whole entries in their order, from one on or behind where the cursor stands, and what ended them.
    ///
    /// - Parameters:
    ///   - fetched: how many of a record's first bytes are fetched into the processor's cache meanwhile.
    ///   - limit: no entry is begun that might not fit.
    /// - Returns: those before the end are sound.
    func records(
        _ form: RecordEntry.Form, from first: UInt64?, fetching fetched: Int, limit: Int,
        into room: UnsafeMutableBufferPointer<weir_record>
    ) -> (found: Int, end: End) {
        var found = 0
        let entries = weir_entries(are_packed: form == .packed, fetched: fetched)
        let code =
            if let first {
                withUnsafePointer(to: first) {
                    weir_cursor_records(pointer, entries, $0, room.baseAddress, limit, &found)
                }
            } else {
                weir_cursor_records(pointer, entries, nil, room.baseAddress, limit, &found)
            }
        switch code {
        case 0, MDB_NOTFOUND: return (found, .none)
        case Int32(WEIR_BAD_ENTRY): return (found, .badEntry)
        case MDB_BAD_VALSIZE: return (found, .failure(notANumber))
        default:
            return (found, .failure(EventLogError(lmdb: code, operation: "move a cursor", path: path)))
        }
    }

    private var notANumber: EventLogError {
        .damaged(path: path, sequence: nil, problem: "a key is not a number")
    }

    /// The entry where the move ends, or nil if there is none.
    func move(_ operation: MDB_cursor_op, to wanted: UInt64 = 0) throws(EventLogError) -> Entry? {
        var native = wanted
        return try withUnsafeMutableBytes(of: &native) { bytes throws(EventLogError) in
            var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            var value = MDB_val()
            switch mdb_cursor_get(pointer, &key, &value, operation) {
            case 0: break
            case MDB_NOTFOUND: return nil
            case let code: throw EventLogError(lmdb: code, operation: "move a cursor", path: path)
            }
            guard key.mv_size == MemoryLayout<UInt64>.size, let data = key.mv_data else {
                throw notANumber
            }
            return Entry(
                key: data.loadUnaligned(as: UInt64.self),
                value: UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
        }
    }
}
