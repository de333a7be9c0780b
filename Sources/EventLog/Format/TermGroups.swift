/// Records grouped by term, in one pass and without an allocation per group.
struct TermGroups: Sendable {
    /// In the order in which they first came.
    private(set) var terms: [IndexTerm] = []
    /// How many records each term has.
    private var counts: [Int] = []
    /// For each pair that was added the number of its term, and its record.
    private var groups: [UInt32] = []
    private var records: [UInt32] = []
    /// Open addressing; a slot holds a term's number plus one. It grows when it is half full.
    private var slots: [UInt32]

    private static let slotsLeast = 256

    init(reservingPairs count: Int = 0) {
        groups.reserveCapacity(count)
        records.reserveCapacity(count)
        slots = [UInt32](repeating: 0, count: Self.slotsLeast)
    }

    /// How many terms there are.
    var count: Int { terms.count }
    /// How many pairs of a term and a record were added.
    var pairCount: Int { records.count }

    /// Adds a record of a term; the records come in their order.
    @inline(__always)
    mutating func add(_ term: IndexTerm, _ record: UInt32) {
        var slot = Int(truncatingIfNeeded: term.hash64) & (slots.count - 1)
        while slots[slot] != 0, terms[Int(slots[slot] &- 1)] != term { slot = (slot + 1) & (slots.count - 1) }
        let group = slots[slot] == 0 ? begin(term, at: slot) : slots[slot] &- 1
        counts[Int(group)] &+= 1
        groups.append(group)
        records.append(record)
    }

    /// Adds a term, whose number is given.
    @inline(never)
    private mutating func begin(_ term: IndexTerm, at free: Int) -> UInt32 {
        terms.append(term)
        counts.append(0)
        slots[free] = UInt32(terms.count)
        if terms.count * 2 > slots.count { rehash() }
        return UInt32(terms.count - 1)
    }

    private mutating func rehash() {
        let count = slots.count * 4
        slots = [UInt32](repeating: 0, count: count)
        for (group, term) in terms.enumerated() {
            var slot = Int(truncatingIfNeeded: term.hash64) & (count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = UInt32(group + 1)
        }
    }

    /// The numbers of the terms in their order, and the records term after term: those of term `n` from `starts[n]` to
    /// `starts[n + 1]`, in their order.
    func sorted() -> (order: [Int], starts: [Int], records: [UInt32]) {
        var starts: [Int] = []
        starts.reserveCapacity(counts.count + 1)
        var total = 0
        for count in counts {
            starts.append(total)
            total += count
        }
        starts.append(total)
        var next = starts
        let sorted = [UInt32](unsafeUninitializedCapacity: records.count) { sorted, filled in
            for (group, record) in zip(groups, records) {
                sorted[next[Int(group)]] = record
                next[Int(group)] += 1
            }
            filled = records.count
        }
        return (terms.indices.sorted { terms[$0] < terms[$1] }, starts, sorted)
    }

    /// Forgets everything that was added.
    mutating func removeAll() {
        self = TermGroups(reservingPairs: 0)
    }
}
