/// A term of one of several runs, and where it is found there.
struct IndexTermPlace {
    private let id: UInt128
    private let kind: IndexKind
    let run: UInt32
    let index: UInt32

    var term: IndexTerm { IndexTerm(kind: kind, id: id) }

    /// The terms of all runs in their order; of equal ones, in the order of the runs.
    static func merged(_ runs: [IndexRunView]) -> [IndexTermPlace] {
        var places: [IndexTermPlace] = []
        places.reserveCapacity(runs.reduce(0) { $0 + $1.termCount })
        /// Where the terms of each run begin, and where those of the last one end.
        var bounds = [0]
        bounds.reserveCapacity(runs.count + 1)
        for (number, run) in runs.enumerated() {
            for index in 0..<run.termCount {
                let term = run.entry(index).term
                places.append(
                    IndexTermPlace(id: term.id, kind: term.kind, run: UInt32(number), index: UInt32(index)))
            }
            bounds.append(places.count)
        }
        // Records of no type and no stream have no terms.
        guard !places.isEmpty else { return [] }
        while bounds.count > 2 { (places, bounds) = mergedByPairs(places, bounds) }
        return places
    }

    /// Merges each part, which is in order, with the next one.
    private static func mergedByPairs(
        _ places: [IndexTermPlace], _ bounds: [Int]
    ) -> (places: [IndexTermPlace], bounds: [Int]) {
        var mergedBounds = [0]
        mergedBounds.reserveCapacity(bounds.count / 2 + 1)
        let merged = [IndexTermPlace](unsafeUninitializedCapacity: places.count) { merged, filled in
            places.withUnsafeBufferPointer { places in
                guard let from = places.baseAddress, let to = merged.baseAddress else { return }
                var part = 0
                while part < bounds.count - 1 {
                    let (start, middle) = (bounds[part], bounds[part + 1])
                    let end = part + 2 < bounds.count ? bounds[part + 2] : middle
                    merge(from + start, from + middle, until: from + end, into: to + start)
                    mergedBounds.append(end)
                    part += 2
                }
            }
            filled = places.count
        }
        return (merged, mergedBounds)
    }

    /// Merges what stands from `left` to `right` with what stands behind it, into room that is not initialised.
    private static func merge(
        _ left: UnsafePointer<IndexTermPlace>, _ right: UnsafePointer<IndexTermPlace>,
        until end: UnsafePointer<IndexTermPlace>, into room: UnsafeMutablePointer<IndexTermPlace>
    ) {
        let middle = right
        var (left, right, room) = (left, right, room)
        // Which is next cannot be foreseen, so that it is chosen without a branch.
        while left < middle, right < end {
            let takesRight = right.pointee.precedes(left.pointee) ? 1 : 0
            room.initialize(to: left[(right - left) &* takesRight])
            right += takesRight
            left += 1 &- takesRight
            room += 1
        }
        room.initialize(from: left, count: middle - left)
        room += middle - left
        room.initialize(from: right, count: end - right)
    }

    @inline(__always)
    private func precedes(_ other: IndexTermPlace) -> Bool {
        kind == other.kind ? id < other.id : kind.rawValue < other.kind.rawValue
    }
}
