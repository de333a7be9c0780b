import CLMDB
import Glibc

/// Puts records, runs of the index and commits into an open LMDB write transaction. Every call gives LMDB's return code,
/// 0 for success.
struct TransactionWriting {
    let transaction: OpaquePointer
    let handles: Environment.Handles

    /// Appends the records of the steps, each at its position: all of a commit.
    func putRecords(
        of steps: some Sequence<(step: SealedStep, first: UInt64)>, in room: RecordPacking.Room
    ) -> Int32 {
        withExtendedLifetime(room) {
            withCursor(on: handles.records) { cursor in
                var packing = RecordPacking(handles.entries, in: room)
                var masks = SequenceMasks()
                for (step, first) in steps {
                    let code = putRecords(of: step, from: first, &packing, &masks, cursor)
                    guard code == 0 else { return code }
                }
                return putEntry(of: &packing, cursor)
            }
        }
    }

    private func putRecords(
        of step: SealedStep, from first: UInt64, _ packing: inout RecordPacking,
        _ masks: inout SequenceMasks, _ cursor: OpaquePointer?
    ) -> Int32 {
        step.withFramed { framed in
            guard var next = framed.baseAddress else { return 0 }
            let end = next + framed.count
            var sequence = first
            while next < end {
                let size = Int(UInt32(littleEndian: next.loadUnaligned(as: UInt32.self)))
                let mask = masks.mask(of: sequence)
                let code = put(next + 4, size, at: sequence, mask: mask, &packing, cursor)
                guard code == 0 else { return code }
                sequence += 1
                next += 4 + size
            }
            return 0
        }
    }

    /// Puts the next record: with those before it, or by itself if it is too large for that. Small ones are in the
    /// transaction with the entry that they share.
    ///
    /// - Parameter mask: what its check is combined with.
    @inline(__always)
    func put(
        _ stored: UnsafeRawPointer, _ size: Int, at sequence: UInt64, mask: UInt32,
        _ packing: inout RecordPacking, _ cursor: OpaquePointer?
    ) -> Int32 {
        if !packing.takes(size) {
            let code = putEntry(of: &packing, cursor)
            guard code == 0 else { return code }
            guard RecordPacking.isShared(size) else {
                return putEntry(
                    under: sequence, RecordPacking.byteCount(alone: size, handles.entries), cursor
                ) {
                    RecordPacking.write(stored, size, alone: handles.entries, to: $0, mask: mask)
                }
            }
        }
        packing.add(stored, size, at: sequence, mask: mask)
        return 0
    }

    /// Puts the entry that was begun, if one was.
    func putEntry(of packing: inout RecordPacking, _ cursor: OpaquePointer?) -> Int32 {
        guard packing.count > 0 else { return 0 }
        let code = putEntry(under: packing.last, packing.byteCount, cursor) { packing.write(to: $0) }
        packing.removeAll()
        return code
    }

    private func putEntry(
        under last: UInt64, _ size: Int, _ cursor: OpaquePointer?, _ write: (UnsafeMutableRawPointer) -> Void
    ) -> Int32 {
        var last = last
        var value = MDB_val(mv_size: size, mv_data: nil)
        let code = withUnsafeMutableBytes(of: &last) { bytes in
            var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            return mdb_cursor_put(cursor, &key, &value, UInt32(MDB_APPEND | MDB_RESERVE))
        }
        guard code == 0, let place = value.mv_data else { return code }
        write(place)
        return 0
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
