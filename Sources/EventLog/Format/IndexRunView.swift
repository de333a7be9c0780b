/// A run of the index where it lies in the map.
struct IndexRunView {
    private let bytes: UnsafeRawBufferPointer
    /// The first of the run's records.
    let first: UInt64
    let termCount: Int
    let distanceBytes: Int

    /// The run that `bytes` are, nil if they contradict their sizes.
    ///
    /// - Parameter first: where its records stand, if it is not placed yet.
    init?(_ bytes: UnsafeRawBufferPointer, first: UInt64? = nil) {
        guard bytes.count >= IndexRun.headerBytes else { return nil }
        self.bytes = bytes
        self.first = first ?? UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        termCount = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        distanceBytes = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
        let filter = bytes.count - IndexRun.headerBytes - termCount * IndexRun.Entry.byteCount - distanceBytes
        guard filter >= 0, filter % 8 == 0 else { return nil }
    }

    private func offset(of index: Int) -> Int { IndexRun.headerBytes + index * IndexRun.Entry.byteCount }

    /// What the run says of one of its terms.
    func entry(_ index: Int) -> IndexRun.Entry {
        let offset = offset(of: index)
        return IndexRun.Entry(
            term: term(index), first: number(at: offset + 20), last: number(at: offset + 24),
            end: number(at: offset + 28))
    }

    /// The bytes of what the run says of one of its terms.
    func storedEntry(_ index: Int) -> UnsafeRawBufferPointer {
        let offset = offset(of: index)
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + IndexRun.Entry.byteCount)])
    }

    private func number(at offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// A damaged kind becomes that of types, which no reader then finds in its place.
    private func term(_ index: Int) -> IndexTerm {
        let offset = offset(of: index)
        let id = UInt128(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt128.self))
        return IndexTerm(kind: IndexKind(rawValue: bytes[offset + 16]) ?? .type, id: id)
    }

    /// The distances of one of the terms; none if the run contradicts itself.
    func distances(_ index: Int) -> UnsafeRawBufferPointer {
        let start = index == 0 ? 0 : Int(number(at: offset(of: index - 1) + 28))
        let end = Int(number(at: offset(of: index) + 28))
        guard start <= end, end <= distanceBytes else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let base = offset(of: termCount)
        return UnsafeRawBufferPointer(rebasing: bytes[(base + start)..<(base + end)])
    }

    /// The first of the terms that is not before another one; ``termCount`` if all are.
    func lowerBound(_ wanted: IndexTerm) -> Int {
        var low = 0
        var high = termCount
        while low < high {
            let middle = (low + high) / 2
            if term(middle) < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Where a term stands, nil if the run does not have it.
    func find(_ wanted: IndexTerm) -> Int? {
        guard mayHave(wanted) else { return nil }
        let index = lowerBound(wanted)
        return index < termCount && term(index) == wanted ? index : nil
    }

    private func mayHave(_ wanted: IndexTerm) -> Bool {
        let start = offset(of: termCount) + distanceBytes
        let words = (bytes.count - start) / 8
        guard words > 0 else { return termCount > 0 }
        let (word, bits) = IndexFilter.place(of: wanted, words: words)
        let stored = UInt64(
            littleEndian: bytes.loadUnaligned(fromByteOffset: start + word * 8, as: UInt64.self))
        return stored & bits == bits
    }

    /// The sequence numbers of a term's records, nil if they cannot be read.
    func sequences(_ index: Int) -> [UInt64]? {
        let entry = entry(index)
        let distances = distances(index)
        var next = first &+ UInt64(entry.first)
        var sequences = [next]
        sequences.reserveCapacity(distances.count + 1)
        var distance: UInt64 = 0
        var shift: UInt64 = 0
        for byte in distances {
            distance |= UInt64(byte & 0x7f) << shift
            guard byte & 0x80 == 0 else {
                shift += 7
                if shift > 28 { return nil }
                continue
            }
            guard distance > 0 else { return nil }
            next &+= distance
            sequences.append(next)
            distance = 0
            shift = 0
        }
        return shift == 0 && next == first &+ UInt64(entry.last) ? sequences : nil
    }
}
