/// Puts a run together, term by term, in memory that is set aside for all of it at once.
struct IndexRunBuilder: ~Copyable {
    private let first: UInt64
    /// The header and the terms from its start on, and behind the room of all terms the distances.
    private let memory: UnsafeMutableRawPointer
    private let distances: UnsafeMutableRawPointer
    private var termEnd: Int
    private var distanceEnd = 0
    /// How many bytes of distances can still be joined.
    private var joinable: Int
    private var entry = IndexRun.Entry(term: .type(0), first: .max, last: 0, end: 0)

    /// Bytes of the longest distance.
    private static let distanceBytes = 5

    /// Gives the stored form of the run that `body` puts together, but for the filter.
    ///
    /// - Parameters:
    ///   - terms: how many terms are begun at most.
    ///   - distances: how many times a term goes on to another record at most.
    ///   - joined: how many bytes of distances are taken over from other runs.
    static func build(
        first: UInt64, terms: Int, distances: Int, joined: Int = 0, _ body: (inout IndexRunBuilder) -> Void
    ) -> [UInt8] {
        let start = IndexRun.headerBytes + terms * IndexRun.Entry.byteCount
        return [UInt8](unsafeUninitializedCapacity: start + distances * distanceBytes + joined) {
            bytes, filled in
            guard let memory = UnsafeMutableRawPointer(bytes.baseAddress) else { return }
            var run = IndexRunBuilder(first, memory, distances: memory + start, joined: joined)
            body(&run)
            filled = run.finish()
        }
    }

    private init(
        _ first: UInt64, _ memory: UnsafeMutableRawPointer, distances: UnsafeMutableRawPointer, joined: Int
    ) {
        self.first = first
        self.memory = memory
        self.distances = distances
        termEnd = IndexRun.headerBytes
        joinable = joined
    }

    mutating func begin(_ term: IndexTerm) {
        end()
        entry.term = term
        entry.first = .max
    }

    /// Adds a record to the term; one that it has already changes nothing.
    @inline(__always)
    mutating func add(_ record: UInt32) {
        if reach(record) { entry.last = record }
    }

    /// Adds a term's records of a run.
    @inline(__always)
    mutating func add(_ run: IndexRunView, _ index: Int) {
        let added = run.entry(index)
        let offset = UInt32(truncatingIfNeeded: run.first - first)
        guard reach(offset &+ added.first) else { return }
        let bytes = run.distances(index)
        // Distances that lie over one another are a damaged run's: it is not what it was in any case.
        if !bytes.isEmpty, bytes.count <= joinable {
            UnsafeMutableRawBufferPointer(start: distances + distanceEnd, count: bytes.count)
                .copyMemory(from: bytes)
            distanceEnd += bytes.count
            joinable -= bytes.count
        }
        entry.last = offset &+ added.last
    }

    /// Goes on to a record; false if the term has it.
    @inline(__always)
    private mutating func reach(_ record: UInt32) -> Bool {
        if entry.first == .max {
            entry.first = record
            return true
        }
        guard record != entry.last else { return false }
        var distance = record &- entry.last
        while distance >= 0x80 {
            put(UInt8(truncatingIfNeeded: distance) | 0x80)
            distance >>= 7
        }
        put(UInt8(truncatingIfNeeded: distance))
        return true
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        distances.storeBytes(of: byte, toByteOffset: distanceEnd, as: UInt8.self)
        distanceEnd += 1
    }

    private mutating func end() {
        guard entry.first != .max else { return }
        let stored = memory + termEnd
        stored.storeBytes(of: entry.term.id.littleEndian, as: UInt128.self)
        stored.storeBytes(
            of: UInt32(entry.term.kind.rawValue).littleEndian, toByteOffset: 16, as: UInt32.self)
        stored.storeBytes(of: entry.first.littleEndian, toByteOffset: 20, as: UInt32.self)
        stored.storeBytes(of: entry.last.littleEndian, toByteOffset: 24, as: UInt32.self)
        stored.storeBytes(of: UInt32(distanceEnd).littleEndian, toByteOffset: 28, as: UInt32.self)
        termEnd += IndexRun.Entry.byteCount
    }

    /// Ends the last term and moves the distances behind it.
    ///
    /// - Returns: how many bytes the run has.
    private mutating func finish() -> Int {
        end()
        let terms = (termEnd - IndexRun.headerBytes) / IndexRun.Entry.byteCount
        memory.storeBytes(of: first.littleEndian, as: UInt64.self)
        memory.storeBytes(of: UInt32(terms).littleEndian, toByteOffset: 8, as: UInt32.self)
        memory.storeBytes(of: UInt32(distanceEnd).littleEndian, toByteOffset: 12, as: UInt32.self)
        (memory + termEnd).copyMemory(from: distances, byteCount: distanceEnd)
        return termEnd + distanceEnd
    }
}
