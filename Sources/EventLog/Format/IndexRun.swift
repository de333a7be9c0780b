/// The index of some consecutive records: every term that they have, and which of them have it.
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 8 | sequence number of the first of the records; the last one's is the key |
/// | 8 | 4 | number of terms |
/// | 12 | 4 | bytes of distances |
/// | 16 | 32 each | terms, in the order of their kinds and ids, see ``Entry`` |
/// | | | distances from each record of a term to its next, as unsigned LEB128 numbers, term after term |
/// | | 8 each | words of the filter, ``IndexFilter`` |
///
/// Integers are little-endian. What a run holds follows from its records alone.
struct IndexRun: Sendable {
    /// The stored form; without the filter until ``finish()``.
    private(set) var bytes: [UInt8]

    static let headerBytes = 16

    /// What a run says of a term, in 32 bytes.
    ///
    /// | offset | bytes | what |
    /// | --- | --- | --- |
    /// | 0 | 16 | id |
    /// | 16 | 1 | kind |
    /// | 17 | 3 | 0 |
    /// | 20 | 4 | the term's first record, counted from the run's first as 0 |
    /// | 24 | 4 | its last record |
    /// | 28 | 4 | where its distances end, counted from the end of the terms |
    struct Entry {
        var term: IndexTerm
        var first: UInt32
        var last: UInt32
        var end: UInt32

        static let byteCount = 32
    }

    /// The run of records that are counted from 0; it has no place yet.
    init(_ groups: TermGroups) {
        let sorted = groups.sorted()
        bytes = IndexRunBuilder.build(first: 0, terms: groups.count, distances: sorted.records.count) { run in
            for group in sorted.order {
                run.begin(groups.terms[group])
                for record in sorted.records[sorted.starts[group]..<sorted.starts[group + 1]] {
                    run.add(record)
                }
            }
        }
    }

    /// The run of all records from `first` on that are in some runs, which are given in their order.
    init(merging runs: [IndexRunView], from first: UInt64) {
        let places = IndexTermPlace.merged(runs)
        bytes = IndexRunBuilder.build(
            first: first, terms: places.count, distances: places.count,
            joined: runs.reduce(0) { $0 + $1.distanceBytes }
        ) { run in
            for (position, place) in places.enumerated() {
                if position == 0 || places[position - 1].term != place.term { run.begin(place.term) }
                run.add(runs[Int(place.run)], Int(place.index))
            }
        }
    }

    /// The run of all records from `first` on that are in some runs, each of which is put behind a place.
    init(merging runs: [(run: IndexRun, first: UInt64)], from first: UInt64) {
        if runs.count == 1, runs[0].first == first {
            bytes = runs[0].run.bytes
            bytes.withUnsafeMutableBytes { $0.storeBytes(of: first.littleEndian, as: UInt64.self) }
            return
        }
        var all: [UInt8] = []
        all.reserveCapacity(runs.reduce(0) { $0 + $1.run.bytes.count })
        for run in runs { all += run.run.bytes }
        self = all.withUnsafeBytes { all in
            var start = 0
            let views = runs.compactMap { run in
                defer { start += run.run.bytes.count }
                let end = start + run.run.bytes.count
                return IndexRunView(UnsafeRawBufferPointer(rebasing: all[start..<end]), first: run.first)
            }
            return IndexRun(merging: views, from: first)
        }
    }

    /// Adds the filter: the form is complete then.
    mutating func finish() {
        let filter = bytes.withUnsafeBytes { IndexRunView($0).map(IndexFilter.init) }
        for word in filter?.words ?? [] { bytes.append(littleEndian: word) }
    }
}

/// Tells of most terms that a run does not have them, without a search.
///
/// A term sets four bits in one word of 64; there is a word for every four terms, so that of the terms that the run does
/// not have fewer than one in 100 are searched for in vain.
struct IndexFilter {
    private(set) var words: [UInt64]

    static let termsPerWord = 4

    init(_ run: IndexRunView) {
        words = [UInt64](repeating: 0, count: (run.termCount + Self.termsPerWord - 1) / Self.termsPerWord)
        for index in 0..<run.termCount {
            let (word, bits) = Self.place(of: run.entry(index).term, words: words.count)
            words[word] |= bits
        }
    }

    /// The word that a term has its bits in, and the bits.
    static func place(of term: IndexTerm, words: Int) -> (word: Int, bits: UInt64) {
        let hash = term.hash64
        var bits: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 24, by: 6) { bits |= 1 << (hash >> shift & 63) }
        return (Int(((hash >> 32) &* UInt64(words)) >> 32), bits)
    }
}

extension IndexTerm {
    /// A number that differs in all bits between neighbouring ids (the finaliser of MurmurHash3).
    var hash64: UInt64 {
        var hash = UInt64(truncatingIfNeeded: id) ^ UInt64(truncatingIfNeeded: id >> 64) &* 3
        hash ^= UInt64(kind.rawValue) << 56
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }
}
