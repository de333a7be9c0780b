/// The entries that some consecutive records add to the index: for every term that they have, which of them.
///
/// An entry stands under the first record's sequence number and holds the distances from each record to the next, as
/// unsigned LEB128 numbers. A term with so many records that the distances take more than
/// ``valueBytesLimit`` has several entries.
struct Postings: Sendable {
    struct Entry: Sendable {
        var term: IndexTerm
        /// The first record, counted from the first of all as 0.
        var first: UInt32
        /// Where the distances lie in ``values``.
        var value: Range<Int>
    }

    /// In the order of the terms, and for one term in the order of the records.
    private(set) var entries: [Entry] = []
    private(set) var values: [UInt8] = []

    /// Entries stay small, so that LMDB keeps them in its leaves.
    static let valueBytesLimit = 512

    /// The entries for the terms of some records.
    ///
    /// - Parameters:
    ///   - count: how many pairs of a term and a record there are.
    ///   - forEach: gives every pair, in the order of the records, the same ones each time that it is called. Records are
    ///     counted from the first as 0.
    init(terms count: Int, _ forEach: ((IndexTerm, UInt32) -> Void) -> Void) {
        guard count > 0 else { return }
        entries.reserveCapacity(min(count, 64))
        if count <= 8 {
            var sorted: [(term: IndexTerm, record: UInt32)] = []
            sorted.reserveCapacity(count)
            // Insertion keeps the order of the records within a term.
            forEach { term, record in
                var place = sorted.count
                while place > 0, term < sorted[place - 1].term { place -= 1 }
                sorted.insert((term, record), at: place)
            }
            var start = 0
            while start < sorted.count {
                var end = start + 1
                while end < sorted.count, sorted[end].term == sorted[start].term { end += 1 }
                append(sorted[start].term, sorted[start..<end].lazy.map(\.record))
                start = end
            }
            return
        }
        let groups = TermGroups(count, forEach)
        values.reserveCapacity(count)
        for group in groups.order { append(groups.terms[group], groups.records(of: group)) }
    }

    private mutating func append(_ term: IndexTerm, _ records: some Collection<UInt32>) {
        guard let first = records.first else { return }
        var entry = Entry(term: term, first: first, value: values.count..<values.count)
        var former = first
        for record in records.dropFirst() where record != former {
            if values.count - entry.value.lowerBound >= Self.valueBytesLimit - 5 {
                entries.append(entry)
                entry = Entry(term: term, first: record, value: values.count..<values.count)
            } else {
                var distance = record - former
                while distance >= 0x80 {
                    values.append(UInt8(truncatingIfNeeded: distance) | 0x80)
                    distance >>= 7
                }
                values.append(UInt8(truncatingIfNeeded: distance))
                entry.value = entry.value.lowerBound..<values.count
            }
            former = record
        }
        entries.append(entry)
    }

    /// The sequence numbers that a stored entry holds, nil if its distances cannot be read.
    static func sequences(first: UInt64, distances: UnsafeRawBufferPointer) -> [UInt64]? {
        var sequences = [first]
        var distance: UInt64 = 0
        var shift: UInt64 = 0
        for byte in distances {
            distance |= UInt64(byte & 0x7f) << shift
            guard byte & 0x80 == 0 else {
                shift += 7
                if shift > 28 { return nil }
                continue
            }
            let (next, overflow) = sequences[sequences.count - 1].addingReportingOverflow(distance)
            guard distance > 0, !overflow else { return nil }
            sequences.append(next)
            distance = 0
            shift = 0
        }
        return shift == 0 ? sequences : nil
    }
}

extension IndexTerm: Comparable {
    /// The order of the stored forms.
    static func < (left: IndexTerm, right: IndexTerm) -> Bool {
        left.kind == right.kind ? left.id < right.id : left.kind.rawValue < right.kind.rawValue
    }
}

/// Records grouped by term, without a heap allocation per group.
private struct TermGroups {
    private(set) var terms: [IndexTerm] = []
    private var starts: [Int] = []
    private var sorted: [UInt32]

    var count: Int { terms.count }

    /// The groups in the order of their terms.
    var order: [Int] { terms.indices.sorted { terms[$0] < terms[$1] } }

    func records(of group: Int) -> ArraySlice<UInt32> { sorted[starts[group]..<starts[group + 1]] }

    init(_ count: Int, _ forEach: ((IndexTerm, UInt32) -> Void) -> Void) {
        // Open addressing; a slot holds a group's number plus one. It grows when it is half full.
        var slots = [UInt32](repeating: 0, count: 256)
        var terms: [IndexTerm] = []
        var counts: [Int] = []
        var index = 0
        let groups = [UInt32](unsafeUninitializedCapacity: count) { groups, filled in
            forEach { term, _ in
                var slot = Self.hash(term) & (slots.count - 1)
                while slots[slot] != 0, terms[Int(slots[slot]) - 1] != term {
                    slot = (slot + 1) & (slots.count - 1)
                }
                if slots[slot] == 0 {
                    terms.append(term)
                    counts.append(0)
                    slots[slot] = UInt32(terms.count)
                    groups[index] = UInt32(terms.count - 1)
                    if terms.count * 2 > slots.count { slots = Self.rehashed(terms, count: slots.count * 4) }
                } else {
                    groups[index] = slots[slot] - 1
                }
                counts[Int(groups[index])] += 1
                index += 1
            }
            filled = index
        }
        self.terms = terms
        starts.reserveCapacity(counts.count + 1)
        var total = 0
        for count in counts {
            starts.append(total)
            total += count
        }
        starts.append(total)
        var next = starts
        index = 0
        sorted = [UInt32](unsafeUninitializedCapacity: count) { sorted, filled in
            forEach { _, record in
                let group = Int(groups[index])
                sorted[next[group]] = record
                next[group] += 1
                index += 1
            }
            filled = index
        }
    }

    private static func rehashed(_ terms: [IndexTerm], count: Int) -> [UInt32] {
        var slots = [UInt32](repeating: 0, count: count)
        for (group, term) in terms.enumerated() {
            var slot = hash(term) & (count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = UInt32(group + 1)
        }
        return slots
    }

    /// Multiplies by the 64-bit golden ratio, which spreads neighbouring ids.
    private static func hash(_ term: IndexTerm) -> Int {
        let folded = UInt64(truncatingIfNeeded: term.id) ^ UInt64(truncatingIfNeeded: term.id >> 64) &* 3
        let mixed = (folded &+ UInt64(term.kind.rawValue)) &* 0x9e37_79b9_7f4a_7c15
        return Int(truncatingIfNeeded: mixed >> 33)
    }
}
