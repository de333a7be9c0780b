import CLMDB

extension ReadTransaction {
    /// The run of the index that a cursor is at.
    func run(_ entry: ReadCursor.Entry) throws(EventLogError) -> IndexRunView {
        guard let run = IndexRunView(entry.value), run.first <= entry.key else {
            throw EventLogError.damaged(
                path: path, sequence: entry.key, problem: "the run of the index that ends with it is not one")
        }
        return run
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
        try forEachStored(from: max(indexed, try base()) + 1) { sequence, layout, stored in
            body(sequence, layout, stored)
            return true
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
        var entry = try cursor.move(MDB_SET_RANGE, to: first)
        if entry == nil, direction == .backwards { entry = try cursor.move(MDB_LAST) }
        while let current = entry, found.count < limit {
            let run = try run(current)
            if let index = run.find(term) {
                guard let held = run.sequences(index) else {
                    throw EventLogError.damaged(
                        path: path, sequence: run.first,
                        problem: "the run of the index from it on cannot be read")
                }
                switch direction {
                case .forwards: found += held.drop { $0 < first }.prefix(limit - found.count)
                case .backwards: found += held.reversed().drop { $0 > first }.prefix(limit - found.count)
                }
            }
            entry = try cursor.move(direction == .forwards ? MDB_NEXT : MDB_PREV)
        }
        return found
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
            guard let commit = try commit(holding: sequence) else { return nil }
            var last: UInt64?
            try forEachStored(from: sequence) { next, layout, stored in
                guard next == sequence ? stored[layout.key].elementsEqual(key) : !layout.beginsStep else {
                    return false
                }
                last = next
                return next < commit.last
            }
            guard let last else { continue }
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

    /// Where a page of the index's references to blobs begins: in the run that ends with `last` or behind it, at one of
    /// its terms.
    struct BlobPlace {
        var last: UInt64 = 0
        var term = 0
    }

    /// A page of the references to blobs that the index has, and where the next page begins; nil at the end.
    func blobReferences(
        from place: BlobPlace, limit: Int
    ) throws(EventLogError) -> (page: [(digest: BlobDigest, sequence: UInt64)], next: BlobPlace?) {
        let cursor = try cursor(on: index)
        var page: [(digest: BlobDigest, sequence: UInt64)] = []
        var entry = try cursor.move(MDB_SET_RANGE, to: place.last)
        while let current = entry {
            let run = try run(current)
            var term = run.lowerBound(IndexTerm(kind: .blob, id: 0))
            // A run that was joined with others meanwhile is read from its beginning.
            if current.key == place.last { term = max(term, place.term) }
            while term < run.termCount {
                guard page.count < limit else { return (page, BlobPlace(last: current.key, term: term)) }
                for sequence in run.sequences(term) ?? [] {
                    page += try references(of: sequence, to: run.entry(term).term)
                }
                term += 1
            }
            entry = try cursor.move(MDB_NEXT)
        }
        return (page, nil)
    }

    /// The references of a record to blobs of a term.
    private func references(
        of sequence: UInt64, to term: IndexTerm
    ) throws(EventLogError) -> [(digest: BlobDigest, sequence: UInt64)] {
        guard let stored = try record(at: sequence), let layout = RecordLayout(stored) else {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "the index says that it refers to a blob")
        }
        return layout.blobDigests(in: stored).filter { IndexTerm.blob($0) == term }.map { ($0, sequence) }
    }
}
