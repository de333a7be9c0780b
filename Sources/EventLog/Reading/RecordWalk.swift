import CLMDB
import CRecordCursor

extension ReadTransaction {
    /// What a page of reading may take, so that no transaction lasts long (LOG-6).
    struct PageLimit {
        var records: Int
        var bytes = 4 << 20
    }

    /// How many records are looked up in one call, which is quicker than a call for each.
    private static let entriesAtOnce = 32
    /// So many bytes of a record that is to be checked are fetched before; behind them the processor foresees the next.
    private static let bytesFetched = 512

    /// Gives `body` the records from `first` on where they lie, until the page is full or the log ends. Positions are
    /// gapless, so it is known which record must come next; anything else is damage.
    ///
    /// - Parameter checking: whether each record's check is compared.
    /// - Returns: how many records were given.
    func forEachRecord(
        from first: UInt64, head: UInt64, limit: PageLimit, checking: Bool,
        _ body: (borrowing RecordView) throws -> Void
    ) throws -> Int {
        guard first <= head, limit.records > 0 else { return 0 }
        let cursor = try cursor(on: records)
        let last = min(head, first + UInt64(limit.records - 1))
        var sequence = first
        var bytes = 0
        return try withUnsafeTemporaryAllocation(of: weir_entry.self, capacity: Self.entriesAtOnce) {
            entries in
            while true {
                let wanted = min(entries.count, Int(last - sequence) + 1)
                let (found, end) = cursor.entries(
                    from: sequence == first ? first : nil, limit: wanted,
                    fetching: checking ? Self.bytesFetched : RecordCoding.headerBytes, into: entries)
                for index in 0..<found {
                    let stored = UnsafeRawBufferPointer(
                        start: entries[index].bytes, count: entries[index].count)
                    guard entries[index].key == sequence else { throw misplaced(sequence) }
                    if checking, let damage = RecordCoding.check(stored, sequence: sequence) {
                        throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
                    }
                    guard let layout = RecordLayout(stored) else {
                        throw EventLogError.damaged(
                            path: path, sequence: sequence, problem: "it contradicts its own size or flags")
                    }
                    try body(RecordView(sequence: sequence, stored: stored.bytes, layout: layout))
                    bytes += stored.count
                    guard sequence < last, bytes < limit.bytes else { return Int(sequence - first) + 1 }
                    sequence += 1
                }
                // What ended them comes after those that were found.
                if let end { throw end }
                guard found == wanted else { throw misplaced(sequence) }
            }
        }
    }

    private func misplaced(_ sequence: UInt64) -> EventLogError {
        .damaged(path: path, sequence: sequence, problem: "it is not in its place")
    }

    /// Gives `body` one record where it lies, checked.
    func withRecord<Value>(
        at sequence: UInt64, _ body: (borrowing RecordView) throws -> Value
    ) throws -> Value {
        guard let stored = try value(under: sequence, in: records) else {
            throw EventLogError.damaged(path: path, sequence: sequence, problem: "it is not in its place")
        }
        if let damage = RecordCoding.check(stored, sequence: sequence) {
            throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
        }
        guard let layout = RecordLayout(stored) else {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "it contradicts its own size or flags")
        }
        return try body(RecordView(sequence: sequence, stored: stored.bytes, layout: layout))
    }

    /// Refuses a position before the log's first record.
    func requireKept(_ sequence: UInt64) throws(EventLogError) {
        let base = try base()
        guard sequence > base else {
            throw EventLogError.retired(path: path, sequence: sequence, first: base + 1)
        }
    }
}
