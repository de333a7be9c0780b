/// The index of the steps that wait for the writer, joined by those who queue them.
///
/// While the writer waits for the disk, whoever queues a step joins its run with its neighbours': so most of this work is
/// done when the writer takes the steps. Nobody waits for it. A part that is being joined stays what it was until that is
/// done, and what the writer has taken meanwhile is joined in vain.
struct QueuedRuns: Sendable {
    /// The run of consecutive steps.
    struct Part: Sendable {
        let run: IndexRun
        let records: ClosedRange<UInt64>
        /// What the steps take in the queue.
        let bytes: Int
        fileprivate var isBeingJoined = false

        init(_ run: IndexRun, of records: ClosedRange<UInt64>, bytes: Int) {
            self.run = run
            self.records = records
            self.bytes = bytes
        }

        /// Two parts that are one then.
        init(joining left: Part, _ right: Part) {
            let first = left.records.lowerBound
            run = IndexRun(merging: [(left.run, first), (right.run, right.records.lowerBound)], from: first)
            records = first...right.records.upperBound
            bytes = left.bytes + right.bytes
        }
    }

    /// Neighbours that are to be joined.
    struct Pair: Sendable {
        let left: Part
        let right: Part
    }

    /// In the order of their records; there may be steps without a run between them.
    private var parts: [Part] = []
    /// Parts have at most so many bytes, so that a commit, which takes whole ones, is not much smaller than it may be.
    private let bytesLimit: Int
    private static let ratio = 3

    init(bytesLimit: Int) {
        self.bytesLimit = bytesLimit
    }

    /// Adds the run of a step that is queued now. Whoever queued it joins the pair that is given.
    mutating func add(_ part: Part) -> Pair? {
        parts.append(part)
        return pair(endingAt: parts.count - 1)
    }

    /// Puts a joined part in the place of its pair, unless the writer has taken that, and gives the next pair to be
    /// joined.
    mutating func put(_ joined: Part) -> Pair? {
        guard let left = parts.lastIndex(where: { $0.records.lowerBound <= joined.records.lowerBound }),
            left + 1 < parts.count, parts[left].records.lowerBound == joined.records.lowerBound,
            parts[left + 1].records.upperBound == joined.records.upperBound
        else { return nil }
        parts.replaceSubrange(left...left + 1, with: [joined])
        return pair(endingAt: left) ?? pair(endingAt: left + 1)
    }

    /// Claims the part at an index and the one before it, unless one is much larger than the other: so every record is
    /// joined few times, and there are few parts.
    private mutating func pair(endingAt right: Int) -> Pair? {
        guard right > 0, right < parts.count else { return nil }
        let pair = Pair(left: parts[right - 1], right: parts[right])
        let (left, bytes) = (pair.left.bytes, pair.right.bytes)
        guard !pair.left.isBeingJoined, !pair.right.isBeingJoined,
            left < Self.ratio * bytes, bytes < Self.ratio * left,
            left + bytes <= bytesLimit,
            pair.left.records.upperBound + 1 == pair.right.records.lowerBound
        else { return nil }
        parts[right - 1].isBeingJoined = true
        parts[right].isBeingJoined = true
        return pair
    }

    /// Where the part begins that has a record; the record if it is in none.
    func start(of record: UInt64) -> UInt64 {
        parts.first { $0.records.contains(record) }?.records.lowerBound ?? record
    }

    /// Takes the parts of the records up to one that ends a part or is in none.
    mutating func take(through last: UInt64) -> [Part] {
        guard let end = parts.firstIndex(where: { $0.records.lowerBound > last }) else {
            defer { parts.removeAll(keepingCapacity: true) }
            return parts
        }
        defer { parts.removeFirst(end) }
        return Array(parts[..<end])
    }
}
