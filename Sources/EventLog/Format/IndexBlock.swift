/// The newest records, which the index does not have yet.
///
/// Every record has several terms, and each of them has its own place in the index, so that entries for every commit
/// would rewrite many pages for few records. So the index is brought up to date by a commit when it has fallen behind by
/// ``recordCount`` records or more, with all of them at once, in the commit's own transaction; every commit says how far
/// the index goes. Readers look through the records behind that themselves.
struct IndexBlock: Sendable {
    /// From so many records on they are indexed.
    static let recordCount: UInt64 = 1024

    /// The last record that the index has.
    private(set) var indexed: UInt64
    /// The records are counted from here; behind ``indexed``, and not before the log's first record.
    private var origin: UInt64
    private var pairs: [(term: IndexTerm, record: UInt32)] = []

    /// The records behind the last one that the index has, of a log that begins behind a base.
    init(behind indexed: UInt64, base: UInt64) {
        self.indexed = indexed
        origin = max(indexed, base) + 1
    }

    /// Whether no record with a term was added.
    var isEmpty: Bool { pairs.isEmpty }

    /// Adds the next record.
    mutating func add(_ layout: RecordLayout, _ stored: UnsafeRawBufferPointer, at sequence: UInt64) {
        let record = UInt32(sequence - origin)
        layout.forEachTerm(in: stored) { pairs.append(($0, record)) }
    }

    /// Adds the records of a step.
    mutating func add(_ step: SealedStep, from first: UInt64) {
        step.withRecords { index, layout, stored in add(layout, stored, at: first + UInt64(index)) }
    }

    /// Whether a commit that ends at a position indexes the records.
    func isComplete(at last: UInt64) -> Bool { last - indexed >= Self.recordCount }

    /// The index entries of the records, and the position that they count from.
    var entries: (postings: Postings, from: UInt64) {
        let postings = Postings(terms: pairs.count) { body in
            for pair in pairs { body(pair.term, pair.record) }
        }
        return (postings, origin)
    }

    /// Goes on behind a record that the index has now.
    mutating func restart(behind indexed: UInt64) {
        self.indexed = indexed
        origin = indexed + 1
        pairs.removeAll(keepingCapacity: true)
    }
}
