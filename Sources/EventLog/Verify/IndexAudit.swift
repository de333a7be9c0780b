import CLMDB

extension ReadTransaction {
    /// Compares the index with what it should hold of some records.
    func audit(_ postings: Postings, from first: UInt64) throws(EventLogError) {
        for entry in postings.entries {
            let key = IndexKey(entry.term, first: first + UInt64(entry.first))
            let stored = try indexValue(under: key)
            guard let stored, stored.elementsEqual(postings.values[entry.value]) else {
                throw EventLogError.damaged(
                    path: path, sequence: key.first, problem: "it cannot be found by the index as it should")
            }
        }
    }

    /// The distances stored under a key of the index.
    private func indexValue(under key: IndexKey) throws(EventLogError) -> UnsafeRawBufferPointer? {
        try key.withStored { bytes throws(EventLogError) in
            var wanted = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            var found = MDB_val()
            switch mdb_get(pointer, index, &wanted, &found) {
            case 0: return UnsafeRawBufferPointer(start: found.mv_data, count: found.mv_size)
            case MDB_NOTFOUND: return nil
            case let code: throw EventLogError(lmdb: code, operation: "look into the index", path: path)
            }
        }
    }
}
