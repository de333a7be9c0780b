/// Records grouped by term, in one pass and without an allocation per group.
struct TermGroups: Sendable {
    /// In the order in which they first came.
    private(set) var terms: [IndexTerm] = []
    /// The number of its term and the record, of each pair that was added.
    private var pairs: [UInt64] = []
    /// Open addressing; a slot holds a term's number plus one. It grows when it is half full.
    private var slots: [UInt32]

    private static let slotsLeast = 256

    init(reservingPairs count: Int = 0) {
        pairs.reserveCapacity(count)
        slots = [UInt32](repeating: 0, count: Self.slotsLeast)
    }

    /// How many terms there are.
    var count: Int { terms.count }
    /// How many pairs of a term and a record were added.
    var pairCount: Int { pairs.count }

    /// Adds a record of a term; the records come in their order.
    @inline(__always)
    mutating func add(_ term: IndexTerm, _ record: UInt32) {
        let (slot, number) = find(term)
        let group = number == 0 ? begin(term, at: slot) : number &- 1
        pairs.append(UInt64(group) << 32 | UInt64(record))
    }

    /// Where a term is or belongs, and its number plus one; 0 if it has none yet.
    @inline(__always)
    private func find(_ term: IndexTerm) -> (slot: Int, number: UInt32) {
        slots.withUnsafeBufferPointer { slots in
            terms.withUnsafeBufferPointer { terms in
                let mask = slots.count &- 1
                var slot = Int(truncatingIfNeeded: term.hash64) & mask
                while slots[slot] != 0, terms[Int(slots[slot] &- 1)] != term { slot = (slot &+ 1) & mask }
                return (slot, slots[slot])
            }
        }
    }

    /// Adds a term, whose number is given.
    @inline(never)
    private mutating func begin(_ term: IndexTerm, at free: Int) -> UInt32 {
        terms.append(term)
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
        // Counted first one place further on, so that after the sums each term's place is where its records begin.
        var starts = [Int](repeating: 0, count: terms.count + 1)
        for pair in pairs { starts[Int(pair >> 32) + 1] += 1 }
        for term in terms.indices { starts[term + 1] += starts[term] }
        var next = starts
        let sorted = [UInt32](unsafeUninitializedCapacity: pairs.count) { sorted, filled in
            for pair in pairs {
                sorted[next[Int(pair >> 32)]] = UInt32(truncatingIfNeeded: pair)
                next[Int(pair >> 32)] += 1
            }
            filled = pairs.count
        }
        return (terms.indices.sorted { terms[$0] < terms[$1] }, starts, sorted)
    }

    /// Forgets everything that was added.
    mutating func removeAll() {
        self = TermGroups(reservingPairs: 0)
    }
}
