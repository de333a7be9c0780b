/// The newest records, which the index does not have yet.
///
/// Every record has several terms, so that to bring the index up to date with every commit would write much for few
/// records. So a commit does so when the index has fallen behind by ``recordCount`` records or more, with all of them at
/// once as an ``IndexRun``, in the commit's own transaction; every commit says how far the index goes. Readers look
/// through the records behind that themselves.
struct IndexBlock: Sendable {
    /// From so many records on they are indexed.
    static let recordCount: UInt64 = 1024

    /// The last record that the index has.
    private(set) var indexed: UInt64
    /// The first record behind ``indexed``, and behind the base.
    private var first: UInt64
    /// The runs of the first of the records.
    private var runs: [(run: IndexRun, first: UInt64)] = []
    /// The first of the records that are in none of the runs.
    private var origin: UInt64
    private var groups = TermGroups()

    /// Terms are put into a run when there are so many, which takes less memory.
    private static let pairsLimit = 65536

    /// The records behind the last one that the index has, of a log that begins behind a base.
    init(behind indexed: UInt64, base: UInt64) {
        self.indexed = indexed
        first = max(indexed, base) + 1
        origin = first
    }

    /// Adds the next record.
    mutating func add(_ layout: RecordLayout, _ stored: UnsafeRawBufferPointer, at sequence: UInt64) {
        if groups.pairCount >= Self.pairsLimit { closeGroups(before: sequence) }
        let record = UInt32(sequence - origin)
        layout.forEachTerm(in: stored) { groups.add($0, record) }
    }

    /// Adds the records of a step.
    mutating func add(_ step: SealedStep, from first: UInt64) {
        guard let run = step.run else {
            step.withRecords { index, layout, stored in add(layout, stored, at: first + UInt64(index)) }
            return
        }
        add(run, of: first...first + UInt64(step.count) - 1)
    }

    /// Adds the next records, which a run is about.
    mutating func add(_ run: IndexRun, of records: ClosedRange<UInt64>) {
        closeGroups(before: records.lowerBound)
        runs.append((run, records.lowerBound))
        origin = records.upperBound + 1
    }

    private mutating func closeGroups(before sequence: UInt64) {
        if groups.count > 0 {
            runs.append((IndexRun(groups), origin))
            groups.removeAll()
        }
        origin = sequence
    }

    /// Whether a commit that ends at a position indexes the records.
    func isComplete(at last: UInt64) -> Bool { last - indexed >= Self.recordCount }

    /// The run of the records up to the last one that was added, which is given.
    mutating func run(through last: UInt64) -> IndexRun {
        closeGroups(before: last + 1)
        var run = IndexRun(merging: runs, from: first)
        run.finish()
        return run
    }

    /// Goes on behind a record that the index has now.
    mutating func restart(behind indexed: UInt64) {
        self.indexed = indexed
        first = indexed + 1
        origin = first
        runs.removeAll(keepingCapacity: true)
        if groups.count > 0 { groups.removeAll() }
    }
}
