import CLMDB

extension ReadTransaction {
    /// What a page of reading may take, so that no transaction lasts long (LOG-6).
    struct PageLimit {
        var records: Int
        var bytes = 4 << 20
    }

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
        var sequence = first
        var bytes = 0
        var entry = try cursor.move(MDB_SET_KEY, to: first)
        while true {
            guard let found = entry, found.key == sequence else {
                throw EventLogError.damaged(path: path, sequence: sequence, problem: "it is not in its place")
            }
            if checking, let damage = RecordCoding.check(found.value, sequence: sequence) {
                throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
            }
            guard let layout = RecordLayout(found.value) else {
                throw EventLogError.damaged(
                    path: path, sequence: sequence, problem: "it contradicts its own size or flags")
            }
            try body(RecordView(sequence: sequence, stored: found.value.bytes, layout: layout))
            bytes += found.value.count
            let count = Int(sequence - first) + 1
            guard sequence < head, count < limit.records, bytes < limit.bytes else { return count }
            sequence += 1
            entry = try cursor.move(MDB_NEXT)
        }
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
