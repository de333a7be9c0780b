import CLMDB

/// Compares the runs of the index with what their records say.
struct IndexAudit {
    /// The records behind the last run that was compared.
    private var block: IndexBlock
    /// How many runs were compared.
    private(set) var runs: UInt64 = 0

    /// Compares the runs behind a position.
    init(behind position: UInt64) {
        block = IndexBlock(behind: position, base: position)
    }

    /// The last record whose run was compared.
    var compared: UInt64 { block.indexed }

    mutating func add(_ layout: RecordLayout, _ stored: UnsafeRawBufferPointer, at sequence: UInt64) {
        block.add(layout, stored, at: sequence)
    }

    /// Compares the run that ends with a commit that brought the index up to date, if there is one; else a longer one
    /// has its records.
    ///
    /// - Parameter isLive: whether a writer may have joined runs since the audit began: one that has records which were
    ///   compared already is passed over.
    mutating func compare(
        through last: UInt64, _ transaction: borrowing ReadTransaction, isLive: Bool
    ) throws(EventLogError) {
        let cursor = try transaction.cursor(on: transaction.index)
        let first = block.indexed + 1
        guard let entry = try cursor.move(MDB_SET_RANGE, to: last) else {
            throw damage(transaction.path, first, "it cannot be found by the index")
        }
        let stored = try transaction.run(entry)
        guard stored.first == first || isLive && stored.first < first else {
            throw damage(transaction.path, first, "the index's run of it begins with \(stored.first)")
        }
        guard entry.key == last else { return }
        if stored.first == first {
            let expected = block.run(through: last)
            guard entry.value.elementsEqual(expected.bytes) else {
                throw damage(
                    transaction.path, Self.firstDifference(stored, expected),
                    "it cannot be found by the index as it should")
            }
            runs += 1
        }
        block.restart(behind: last)
    }

    /// The first record of the first term of which a run says something else than it should.
    private static func firstDifference(_ stored: IndexRunView, _ expected: IndexRun) -> UInt64 {
        expected.bytes.withUnsafeBytes { bytes in
            guard let expected = IndexRunView(bytes) else { return stored.first }
            let index = (0..<expected.termCount).first { index in
                index >= stored.termCount
                    || !stored.storedEntry(index).elementsEqual(expected.storedEntry(index))
                    || !stored.distances(index).elementsEqual(expected.distances(index))
            }
            return expected.first + (index.map { UInt64(expected.entry($0).first) } ?? 0)
        }
    }

    private func damage(_ path: String, _ sequence: UInt64, _ problem: String) -> EventLogError {
        .damaged(path: path, sequence: sequence, problem: problem)
    }
}
