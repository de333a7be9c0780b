import CLMDB
import CRecordCursor

extension ReadTransaction {
    /// What a page of reading may take, so that no transaction lasts long (LOG-6).
    struct PageLimit {
        var records: Int
        var bytes = 4 << 20
    }

    /// How many records are looked up in one call, which is quicker than a call for each.
    private static let recordsAtOnce = 2 * RecordEntry.recordsLimit
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
        return try withUnsafeTemporaryAllocation(of: weir_record.self, capacity: Self.recordsAtOnce) {
            room in
            while true {
                let rest = Int(min(last - sequence, UInt64(room.count)))
                let (found, end) = cursor.records(
                    entryForm, from: sequence == first ? first : nil,
                    fetching: checking ? Self.bytesFetched : RecordCoding.headerBytes,
                    limit: min(room.count, rest + RecordEntry.recordsLimit), into: room)
                for index in 0..<found {
                    let stored = UnsafeRawBufferPointer(start: room[index].bytes, count: room[index].count)
                    guard room[index].sequence == sequence else { throw misplaced(sequence) }
                    if checking, let damage = RecordCoding.check(stored, sequence: sequence) {
                        throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
                    }
                    let layout = try layout(of: stored, at: sequence)
                    try body(RecordView(sequence: sequence, stored: stored.bytes, layout: layout))
                    bytes += stored.count
                    guard sequence < last, bytes < limit.bytes else { return Int(sequence - first) + 1 }
                    sequence += 1
                }
                // What ended them comes after those that were found.
                switch end {
                case .none: break
                case .badEntry: throw inBadEntry(sequence)
                case .failure(let error): throw error
                }
                guard found > 0 else { throw misplaced(sequence) }
            }
        }
    }

    private func layout(
        of stored: UnsafeRawBufferPointer, at sequence: UInt64
    ) throws(EventLogError) -> RecordLayout {
        guard let layout = RecordLayout(stored) else {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "it contradicts its own size or flags")
        }
        return layout
    }

    private func misplaced(_ sequence: UInt64) -> EventLogError {
        .damaged(path: path, sequence: sequence, problem: "it is not in its place")
    }

    /// Gives `body` one record where it lies, checked.
    func withRecord<Value>(
        at sequence: UInt64, _ body: (borrowing RecordView) throws -> Value
    ) throws -> Value {
        guard let stored = try record(at: sequence) else { throw misplaced(sequence) }
        if let damage = RecordCoding.check(stored, sequence: sequence) {
            throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
        }
        let layout = try layout(of: stored, at: sequence)
        return try body(RecordView(sequence: sequence, stored: stored.bytes, layout: layout))
    }

    /// The stored form of one record, found by a descent of its own; nil if it is not there. It lies in the map and ends
    /// with the transaction.
    func record(at sequence: UInt64) throws(EventLogError) -> UnsafeRawBufferPointer? {
        guard let found = try cursor(on: records).move(MDB_SET_RANGE, to: sequence) else { return nil }
        return try entry(found, expecting: sequence).record(at: sequence)
    }

    /// What lies where a cursor over the records stands.
    ///
    /// - Parameter sequence: the record that should be found there, for the error if it is no entry.
    func entry(
        _ found: ReadCursor.Entry, expecting sequence: UInt64
    ) throws(EventLogError) -> RecordEntry {
        guard let entry = RecordEntry(found.value, last: found.key, entryForm) else {
            throw inBadEntry(sequence)
        }
        return entry
    }

    private func inBadEntry(_ sequence: UInt64) -> EventLogError {
        .damaged(path: path, sequence: sequence, problem: "the entry that it is in contradicts itself")
    }

    /// Gives `body` the stored form of the records from one on, unchecked, until it says that it has enough or the log
    /// ends.
    func forEachStored(
        from first: UInt64,
        _ body: (UInt64, RecordLayout, UnsafeRawBufferPointer) throws(EventLogError) -> Bool
    ) throws(EventLogError) {
        let cursor = try cursor(on: records)
        var found = try cursor.move(MDB_SET_RANGE, to: first)
        var sequence = first
        while let current = found {
            let entry = try entry(current, expecting: sequence)
            while sequence <= entry.last {
                guard let stored = entry.record(at: sequence) else { throw misplaced(sequence) }
                guard try body(sequence, try layout(of: stored, at: sequence), stored) else { return }
                sequence += 1
            }
            found = try cursor.move(MDB_NEXT)
        }
    }

    /// Refuses a position before the log's first record.
    func requireKept(_ sequence: UInt64) throws(EventLogError) {
        let base = try base()
        guard sequence > base else {
            throw EventLogError.retired(path: path, sequence: sequence, first: base + 1)
        }
    }
}
