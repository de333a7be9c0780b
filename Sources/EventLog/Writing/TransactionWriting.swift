import CLMDB
import Glibc

/// Puts records, runs of the index and commits into an open LMDB write transaction. Every call gives LMDB's return code,
/// 0 for success.
struct TransactionWriting {
    let transaction: OpaquePointer
    let handles: Environment.Handles

    /// Appends the records of the steps, each at its position.
    func putRecords(of steps: [QueuedStep]) -> Int32 {
        withCursor(on: handles.records) { cursor in
            for step in steps {
                let code = putRecords(of: step.step, from: step.range.lowerBound, cursor)
                guard code == 0 else { return code }
            }
            return 0
        }
    }

    func putRecords(of step: SealedStep, from first: UInt64) -> Int32 {
        withCursor(on: handles.records) { putRecords(of: step, from: first, $0) }
    }

    private func putRecords(of step: SealedStep, from first: UInt64, _ cursor: OpaquePointer?) -> Int32 {
        step.withFramed { framed in
            guard var next = framed.baseAddress else { return 0 }
            let end = next + framed.count
            var sequence = first
            var masks = SequenceMasks()
            while next < end {
                let size = Int(UInt32(littleEndian: next.loadUnaligned(as: UInt32.self)))
                var value = MDB_val(mv_size: size, mv_data: nil)
                let code = withUnsafeMutableBytes(of: &sequence) { bytes in
                    var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
                    return mdb_cursor_put(cursor, &key, &value, UInt32(MDB_APPEND | MDB_RESERVE))
                }
                guard code == 0, let place = value.mv_data else { return code }
                place.copyMemory(from: next + 4, byteCount: size)
                let check = UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
                place.storeBytes(
                    of: (check ^ masks.mask(of: sequence)).littleEndian, as: UInt32.self)
                sequence += 1
                next += 4 + size
            }
            return 0
        }
    }

    /// Puts the commit's own entry, the newest or one that is there already.
    func put(_ commit: CommitRecord) -> Int32 {
        var key = commit.last
        return withUnsafeMutableBytes(of: &key) { keyBytes in
            commit.stored.withUnsafeBytes { bytes in
                var key = MDB_val(mv_size: keyBytes.count, mv_data: keyBytes.baseAddress)
                var value = MDB_val(
                    mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                return mdb_put(transaction, handles.commits, &key, &value, 0)
            }
        }
    }

    func withCursor(on database: MDB_dbi, _ body: (OpaquePointer?) -> Int32) -> Int32 {
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(transaction, database, &cursor)
        guard code == 0 else { return code }
        defer { mdb_cursor_close(cursor) }
        return body(cursor)
    }
}

extension TransactionWriting {
    /// Appends a record in its stored form behind the last one.
    func append(_ stored: UnsafeRawBufferPointer, under sequence: UInt64) -> Int32 {
        var sequence = sequence
        return withUnsafeMutableBytes(of: &sequence) { append(stored, under: $0, in: handles.records) }
    }

    private func append(
        _ value: UnsafeRawBufferPointer, under key: UnsafeMutableRawBufferPointer, in database: MDB_dbi
    ) -> Int32 {
        var key = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
        var value = MDB_val(
            mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
        return mdb_put(transaction, database, &key, &value, UInt32(MDB_APPEND))
    }
}

extension TransactionWriting {
    /// Removes the records up to a position.
    func removeRecords(through last: UInt64) -> Int32 {
        removeFirst(of: handles.records) { $0.loadUnaligned(as: UInt64.self) <= last }
    }

    /// Removes the commits that end before a position.
    func removeCommits(before position: UInt64) -> Int32 {
        removeFirst(of: handles.commits) { $0.loadUnaligned(as: UInt64.self) < position }
    }

    /// Puts where the log begins from now on.
    func put(_ base: LogBase) -> Int32 {
        var name = Array(LogMetadata.Key.base.utf8)
        return name.withUnsafeMutableBytes { name in
            base.stored.withUnsafeBytes { bytes in
                var key = MDB_val(mv_size: name.count, mv_data: name.baseAddress)
                var value = MDB_val(
                    mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                return mdb_put(transaction, handles.metadata, &key, &value, 0)
            }
        }
    }

    /// Removes entries from the first on while their keys are wanted.
    func removeFirst(
        of database: MDB_dbi, while isWanted: (UnsafeRawPointer) -> Bool
    ) -> Int32 {
        withCursor(on: database) { cursor in
            while true {
                var key = MDB_val()
                var value = MDB_val()
                var code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST)
                if code == MDB_NOTFOUND { return 0 }
                guard code == 0, let stored = key.mv_data, key.mv_size == 8 else { return code }
                guard isWanted(stored) else { return 0 }
                code = mdb_cursor_del(cursor, 0)
                guard code == 0 else { return code }
            }
        }
    }
}
