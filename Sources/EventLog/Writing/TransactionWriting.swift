import CLMDB

/// Puts records, index entries and commits into an open LMDB write transaction. Every call gives LMDB's return code,
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
        step.framed.withUnsafeBytes { framed in
            guard let base = framed.baseAddress else { return 0 }
            var sequence = first
            for range in step.records {
                var key = MDB_val()
                var value = MDB_val(mv_size: range.count, mv_data: nil)
                let code = withUnsafeMutableBytes(of: &sequence) { bytes in
                    key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
                    return mdb_cursor_put(cursor, &key, &value, UInt32(MDB_APPEND | MDB_RESERVE))
                }
                guard code == 0, let place = value.mv_data else { return code }
                place.copyMemory(from: base + range.lowerBound, byteCount: range.count)
                let check = UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
                place.storeBytes(
                    of: (check ^ Checksum.mask(of: sequence)).littleEndian, as: UInt32.self)
                sequence += 1
            }
            return 0
        }
    }

    /// Puts the index entries of the steps.
    func putPostings(of steps: [QueuedStep]) -> Int32 {
        withCursor(on: handles.index) { cursor in
            for step in steps {
                let code = put(step.step.postings, from: step.range.lowerBound, cursor)
                guard code == 0 else { return code }
            }
            return 0
        }
    }

    func put(_ postings: Postings, from first: UInt64) -> Int32 {
        withCursor(on: handles.index) { put(postings, from: first, $0) }
    }

    private func put(_ postings: Postings, from first: UInt64, _ cursor: OpaquePointer?) -> Int32 {
        postings.values.withUnsafeBytes { values in
            for entry in postings.entries {
                let key = IndexKey(entry.term, first: first + UInt64(entry.first))
                let code = key.withStored { bytes in
                    var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
                    // LMDB only reads the value; its C type has no const.
                    var value = MDB_val(
                        mv_size: entry.value.count,
                        mv_data: values.baseAddress.map {
                            UnsafeMutableRawPointer(mutating: $0 + entry.value.lowerBound)
                        })
                    return mdb_cursor_put(cursor, &key, &value, 0)
                }
                guard code == 0 else { return code }
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

    private func withCursor(on database: MDB_dbi, _ body: (OpaquePointer?) -> Int32) -> Int32 {
        var cursor: OpaquePointer?
        let code = mdb_cursor_open(transaction, database, &cursor)
        guard code == 0 else { return code }
        defer { mdb_cursor_close(cursor) }
        return body(cursor)
    }
}
