import CLMDB

extension ReadTransaction {
    /// An entry of the index where it lies in the map.
    struct IndexEntry {
        var key: IndexKey
        var distances: UnsafeRawBufferPointer
    }

    /// Moves a cursor over the index; nil at its end.
    func indexEntry(
        _ cursor: borrowing ReadCursor, _ operation: MDB_cursor_op, to wanted: IndexKey? = nil
    ) throws(EventLogError) -> IndexEntry? {
        func move(_ key: inout MDB_val) throws(EventLogError) -> IndexEntry? {
            var value = MDB_val()
            switch mdb_cursor_get(cursor.pointer, &key, &value, operation) {
            case 0: break
            case MDB_NOTFOUND: return nil
            case let code: throw EventLogError(lmdb: code, operation: "move in the index", path: path)
            }
            let stored = UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size)
            guard let found = IndexKey(stored: stored) else {
                throw EventLogError.damaged(
                    path: path, sequence: nil, problem: "a key of the index is not one")
            }
            return IndexEntry(
                key: found, distances: UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
        }
        guard let wanted else {
            var key = MDB_val()
            return try move(&key)
        }
        return try wanted.withStored { bytes throws(EventLogError) in
            var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            return try move(&key)
        }
    }

    /// The positions of a term's records from `first` on, oldest first, or up to `first`, newest first.
    ///
    /// - Returns: up to `limit` positions.
    func sequences(
        of term: IndexTerm, from first: UInt64, limit: Int, _ direction: ReadDirection
    ) throws(EventLogError) -> [UInt64] {
        guard limit > 0 else { return [] }
        let unindexed = try unindexedSequences(of: term, from: first, direction)
        guard direction == .forwards else {
            let rest = limit - min(limit, unindexed.count)
            return unindexed.prefix(limit)
                + (try indexedSequences(of: term, from: first, limit: rest, direction))
        }
        let indexed = try indexedSequences(of: term, from: first, limit: limit, direction)
        return indexed + unindexed.prefix(limit - indexed.count)
    }

    /// The same, of records that the index does not have yet.
    private func unindexedSequences(
        of term: IndexTerm, from first: UInt64, _ direction: ReadDirection
    ) throws(EventLogError) -> [UInt64] {
        var found: [UInt64] = []
        try forEachUnindexed(behind: try lastCommit().indexed) { sequence, layout, stored in
            guard direction == .forwards ? sequence >= first : sequence <= first else { return }
            layout.forEachTerm(in: stored) {
                if $0 == term, found.last != sequence { found.append(sequence) }
            }
        }
        return direction == .forwards ? found : found.reversed()
    }

    /// Gives `body` the records behind the last one that the index has.
    private func forEachUnindexed(
        behind indexed: UInt64, _ body: (UInt64, RecordLayout, UnsafeRawBufferPointer) -> Void
    ) throws(EventLogError) {
        let first = max(indexed, try base()) + 1
        let cursor = try cursor(on: records)
        var entry = try cursor.move(MDB_SET_RANGE, to: first)
        while let found = entry {
            guard let layout = RecordLayout(found.value) else {
                throw EventLogError.damaged(
                    path: path, sequence: found.key, problem: "it contradicts its own size or flags")
            }
            body(found.key, layout, found.value)
            entry = try cursor.move(MDB_NEXT)
        }
    }

    /// The records behind the last one that the index has, as the next commits will index them.
    func unindexedRecords(behind indexed: UInt64) throws(EventLogError) -> IndexBlock {
        var block = IndexBlock(behind: indexed, base: try base())
        try forEachUnindexed(behind: indexed) { block.add($1, $2, at: $0) }
        return block
    }

    /// The positions of a term's records that the index has.
    private func indexedSequences(
        of term: IndexTerm, from first: UInt64, limit: Int, _ direction: ReadDirection
    ) throws(EventLogError) -> [UInt64] {
        guard limit > 0 else { return [] }
        let cursor = try cursor(on: index)
        var found: [UInt64] = []
        // The entry before may reach beyond the position that is asked for.
        var entry = try indexEntry(cursor, MDB_SET_RANGE, to: IndexKey(term, first: first))
        if entry?.key != IndexKey(term, first: first) {
            let former = try indexEntry(cursor, entry == nil ? MDB_LAST : MDB_PREV)
            if let former, former.key.term == term {
                entry = former
            } else if direction == .backwards {
                return []
            } else {
                entry = try indexEntry(cursor, former == nil ? MDB_FIRST : MDB_NEXT)
            }
        }
        while let current = entry, current.key.term == term, found.count < limit {
            guard
                let held = Postings.sequences(first: current.key.first, distances: current.distances)
            else {
                throw EventLogError.damaged(
                    path: path, sequence: current.key.first, problem: "its index entry cannot be read")
            }
            switch direction {
            case .forwards: found += held.filter { $0 >= first }
            case .backwards: found += held.filter { $0 <= first }.reversed()
            }
            entry = try indexEntry(cursor, direction == .forwards ? MDB_NEXT : MDB_PREV)
        }
        return Array(found.prefix(limit))
    }

    /// The newest record of a term.
    func newest(of term: IndexTerm) throws(EventLogError) -> UInt64? {
        try sequences(of: term, from: .max, limit: 1, .backwards).first
    }

    /// A step that is in the log, and when it was committed.
    struct StoredStep {
        var range: ClosedRange<UInt64>
        var commitNanoseconds: UInt64
    }

    /// The newest step with an idempotency key.
    func step(withKey key: [UInt8]) throws(EventLogError) -> StoredStep? {
        for sequence in try sequences(of: .key(key), from: .max, limit: .max, .backwards) {
            guard let stored = try value(under: sequence, in: records), let layout = RecordLayout(stored),
                stored[layout.key].elementsEqual(key)
            else { continue }
            guard let commit = try commit(holding: sequence) else { return nil }
            let cursor = try cursor(on: records)
            var last = sequence
            _ = try cursor.move(MDB_SET_KEY, to: sequence)
            while last < commit.last, let next = try cursor.move(MDB_NEXT),
                let layout = RecordLayout(next.value), !layout.beginsStep
            {
                last = next.key
            }
            return StoredStep(range: sequence...last, commitNanoseconds: commit.timeNanoseconds)
        }
        return nil
    }
}

extension ReadTransaction {
    /// The references to blobs that the index does not have yet.
    func unindexedBlobReferences() throws(EventLogError) -> [(digest: BlobDigest, sequence: UInt64)] {
        var references: [(digest: BlobDigest, sequence: UInt64)] = []
        try forEachUnindexed(behind: try lastCommit().indexed) { sequence, layout, stored in
            references += layout.blobDigests(in: stored).map { ($0, sequence) }
        }
        return references
    }

    /// The references to blobs that a page of index entries has, and where the next page begins; nil at the end.
    func blobReferences(
        from first: IndexKey, limit: Int
    ) throws(EventLogError) -> (page: [(digest: BlobDigest, sequence: UInt64)], next: IndexKey?) {
        let cursor = try cursor(on: index)
        var page: [(digest: BlobDigest, sequence: UInt64)] = []
        var entry = try indexEntry(cursor, MDB_SET_RANGE, to: first)
        while let current = entry, current.key.term.kind == .blob {
            guard page.count < limit else { return (page, current.key) }
            let held = Postings.sequences(first: current.key.first, distances: current.distances) ?? []
            for sequence in held {
                guard let stored = try value(under: sequence, in: records),
                    let layout = RecordLayout(stored)
                else {
                    throw EventLogError.damaged(
                        path: path, sequence: sequence, problem: "the index says that it refers to a blob")
                }
                for digest in layout.blobDigests(in: stored)
                where IndexTerm.blob(digest) == current.key.term {
                    page.append((digest, sequence))
                }
            }
            entry = try indexEntry(cursor, MDB_NEXT)
        }
        return (page, nil)
    }
}
