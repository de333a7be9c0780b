import CLMDB

/// Which of the newest runs of the index are joined into one.
///
/// A reader looks into every run, so there should be few; but each joining writes a run anew. Runs of fewer records than a
/// tier are joined when together they have as many: so a record's index is written at most three times. That is done beside
/// the commits, or by a commit itself when they have twice as many: a log of `n` records has about `n` / 262,144 + 64 runs
/// at most.
enum IndexTiers {
    static let recordCounts: [UInt64] = [16_384, 262_144]

    /// How many of the newest runs are to be one.
    ///
    /// - Parameter counts: how many records each run has, the newest one first.
    static func joined(_ counts: [UInt64]) -> Int {
        for tier in recordCounts.reversed() {
            let small = counts.prefix { $0 < tier }
            if small.count > 1, small.reduce(0, +) >= tier { return small.count }
        }
        return 1
    }

    /// The keys of those of the newest runs that are to be one, the oldest one first; nil if none are.
    ///
    /// - Parameter runs: the newest one first.
    static func keys(joining runs: [StoredRun]) -> [UInt64]? {
        let joined = joined(runs.map(\.count))
        return joined > 1 ? runs[..<joined].reversed().map(\.last) : nil
    }

    /// Whether runs wait to be joined that have twice as many records as it takes; so they may if a log is closed again and
    /// again before they are.
    static func areOverdue(_ counts: [UInt64]) -> Bool {
        recordCounts.contains { tier in counts.prefix { $0 < tier }.reduce(0, +) >= 2 * tier }
    }
}

/// A run of the index as it is stored.
struct StoredRun {
    let first: UInt64
    let last: UInt64

    var count: UInt64 { last - first + 1 }
}

extension TransactionWriting {
    /// Puts the run of the newest records up to `last`.
    func put(_ run: IndexRun, through last: UInt64) -> Int32 {
        var last = last
        return withUnsafeMutableBytes(of: &last) { key in
            run.bytes.withUnsafeBytes { bytes in
                var key = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
                // LMDB only reads the value; its C type has no const.
                var value = MDB_val(
                    mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
                return mdb_put(transaction, handles.index, &key, &value, 0)
            }
        }
    }

    /// Puts a run in the place of those that it was made of.
    func put(_ joined: IndexJoiner.Joined) -> Int32 {
        guard let last = joined.keys.last else { return 0 }
        for var key in joined.keys.dropLast() {
            let code = withUnsafeMutableBytes(of: &key) { key in
                var key = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
                return mdb_del(transaction, handles.index, &key, nil)
            }
            guard code == 0 else { return code }
        }
        return put(joined.run, through: last)
    }

    /// Joins the newest runs where ``IndexTiers`` says so.
    func joinNewestRuns() -> Int32 {
        var runs: [StoredRun] = []
        let code = newestRuns(&runs)
        guard code == 0, let keys = IndexTiers.keys(joining: runs) else { return code }
        var views: [IndexRunView] = []
        for var key in keys {
            var value = MDB_val()
            let code = withUnsafeMutableBytes(of: &key) { key in
                var key = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
                return mdb_get(transaction, handles.index, &key, &value)
            }
            guard code == 0 else { return code }
            let bytes = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
            guard let view = IndexRunView(bytes) else { return MDB_CORRUPTED }
            views.append(view)
        }
        return put(IndexJoiner.Joined(run: IndexRun(joining: views), keys: keys))
    }

    /// Gives the newest runs that ``IndexTiers`` may name, the newest one first.
    func newestRuns(_ runs: inout [StoredRun]) -> Int32 {
        runs.removeAll(keepingCapacity: true)
        return withCursor(on: handles.index) { cursor in
            var operation = MDB_LAST
            repeat {
                var value = MDB_val()
                var key = MDB_val()
                let code = mdb_cursor_get(cursor, &key, &value, operation)
                if code == MDB_NOTFOUND { return 0 }
                guard code == 0, let stored = key.mv_data else { return code }
                let last = stored.loadUnaligned(as: UInt64.self)
                let bytes = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
                guard let run = IndexRunView(bytes), run.first <= last else { return MDB_CORRUPTED }
                runs.append(StoredRun(first: run.first, last: last))
                operation = MDB_PREV
            } while runs[runs.count - 1].count < IndexTiers.recordCounts.last ?? 0
            return 0
        }
    }
}

extension TransactionWriting {
    /// Takes the records up to a position out of the index; they are not in the log any more.
    func trimIndex(through position: UInt64) -> Int32 {
        let code = removeFirst(of: handles.index) { $0.loadUnaligned(as: UInt64.self) <= position }
        guard code == 0 else { return code }
        return withCursor(on: handles.index) { cursor in
            var key = MDB_val()
            var value = MDB_val()
            let code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST)
            guard code == 0, let stored = key.mv_data else { return code == MDB_NOTFOUND ? 0 : code }
            let last = stored.loadUnaligned(as: UInt64.self)
            let bytes = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
            guard let run = IndexRunView(bytes) else { return MDB_CORRUPTED }
            return run.first > position ? 0 : putRun(of: position + 1...last)
        }
    }

    /// Makes a run anew of records that are in the log.
    private func putRun(of range: ClosedRange<UInt64>) -> Int32 {
        var block = IndexBlock(behind: range.lowerBound - 1, base: range.lowerBound - 1)
        let code = withCursor(on: handles.records) { cursor in
            var wanted = range.lowerBound
            var operation = MDB_SET_RANGE
            while wanted <= range.upperBound {
                var value = MDB_val()
                var last: UInt64 = 0
                let code = withUnsafeMutableBytes(of: &wanted) { bytes in
                    var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
                    let code = mdb_cursor_get(cursor, &key, &value, operation)
                    if code == 0, let stored = key.mv_data { last = stored.loadUnaligned(as: UInt64.self) }
                    return code
                }
                guard code == 0 else { return code }
                let stored = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
                guard let entry = RecordEntry(stored, last: last, handles.entries) else {
                    return MDB_CORRUPTED
                }
                while wanted <= min(last, range.upperBound) {
                    guard let record = entry.record(at: wanted), let layout = RecordLayout(record) else {
                        return MDB_CORRUPTED
                    }
                    block.add(layout, record, at: wanted)
                    wanted += 1
                }
                operation = MDB_NEXT
            }
            return 0
        }
        guard code == 0 else { return code }
        return put(block.run(through: range.upperBound), through: range.upperBound)
    }
}
