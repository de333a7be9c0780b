import CLMDB

/// Which of the newest runs of the index are joined into one.
///
/// A reader looks into every run, so there should be few; but each joining writes a run anew. Runs of fewer records than a
/// tier are joined when together they have as many: so a record's index is written at most three times, and a log of
/// `n` records has about `n` / 262,144 + 32 runs at most.
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
}

extension TransactionWriting {
    /// Puts the run of the newest records up to `last`, joined with runs before it where ``IndexTiers`` says so.
    func put(_ run: IndexRun, through last: UInt64) -> Int32 {
        withCursor(on: handles.index) { cursor in
            run.bytes.withUnsafeBytes { bytes in
                guard let newest = IndexRunView(bytes) else { return MDB_CORRUPTED }
                var runs = [newest]
                var counts = [last + 1 - newest.first]
                var operation = MDB_LAST
                while let tier = IndexTiers.recordCounts.last, counts[counts.count - 1] < tier {
                    var value = MDB_val()
                    var key = MDB_val()
                    let code = mdb_cursor_get(cursor, &key, &value, operation)
                    if code == MDB_NOTFOUND { break }
                    guard code == 0 else { return code }
                    let stored = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
                    guard let former = IndexRunView(stored), former.first < runs[runs.count - 1].first else {
                        return MDB_CORRUPTED
                    }
                    counts.append(runs[runs.count - 1].first - former.first)
                    runs.append(former)
                    operation = MDB_PREV
                }
                let joined = IndexTiers.joined(counts)
                guard joined > 1 else { return put(bytes, under: last) }
                var run = IndexRun(merging: runs[..<joined].reversed(), from: runs[joined - 1].first)
                run.finish()
                for _ in 1..<joined {
                    let code = removeNewestRun(cursor)
                    guard code == 0 else { return code }
                }
                return run.bytes.withUnsafeBytes { put($0, under: last) }
            }
        }
    }

    private func put(_ run: UnsafeRawBufferPointer, under last: UInt64) -> Int32 {
        var last = last
        return withUnsafeMutableBytes(of: &last) { key in
            var key = MDB_val(mv_size: key.count, mv_data: key.baseAddress)
            // LMDB only reads the value; its C type has no const.
            var value = MDB_val(
                mv_size: run.count, mv_data: UnsafeMutableRawPointer(mutating: run.baseAddress))
            return mdb_put(transaction, handles.index, &key, &value, 0)
        }
    }

    private func removeNewestRun(_ cursor: OpaquePointer?) -> Int32 {
        var key = MDB_val()
        var value = MDB_val()
        let code = mdb_cursor_get(cursor, &key, &value, MDB_LAST)
        return code == 0 ? mdb_cursor_del(cursor, 0) : code
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
            var first = range.lowerBound
            return withUnsafeMutableBytes(of: &first) { bytes in
                var key = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
                var value = MDB_val()
                var code = mdb_cursor_get(cursor, &key, &value, MDB_SET_KEY)
                for sequence in range {
                    let stored = UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size)
                    guard code == 0 else { return code }
                    guard let layout = RecordLayout(stored) else { return MDB_CORRUPTED }
                    block.add(layout, stored, at: sequence)
                    if sequence < range.upperBound {
                        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
                    }
                }
                return code
            }
        }
        guard code == 0 else { return code }
        return block.run(through: range.upperBound).bytes.withUnsafeBytes { put($0, under: range.upperBound) }
    }
}
