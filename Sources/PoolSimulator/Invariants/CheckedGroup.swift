import Pool

/// What the checker knows of a task that runs in copies.
struct CheckedGroup: Sendable {
    var spec: TaskSpec
    /// In the order in which they were made.
    var copies: [CheckedCopy] = []
    var comparison: ObligationID?
    var isServed = false

    /// The copies that completed.
    var votes: [CheckedCopy] { copies.filter { $0.standing == .voted } }

    /// How many votes there are for what most of them gave, as their executor really ran them.
    var mostAlike: Int {
        let votes = votes
        return votes.map { vote in votes.count { $0.isLike(vote) } }.max() ?? 0
    }
}

/// What the checker knows of a copy of a task.
struct CheckedCopy: Sendable {
    enum Standing: Equatable, Sendable {
        case running
        case voted
        case left
    }

    /// Items that one browser gave the results of.
    struct Results: Sendable {
        var items: Range<UInt64>
        var browser: BrowserID
        /// How far they are off.
        var offBy: UInt64
    }

    let task: TaskID
    var standing = Standing.running
    var results: [Results] = []

    func results(of item: UInt64) -> Results? { results.first { $0.items.contains(item) } }

    /// Whether it gave the same outputs as another copy.
    func isLike(_ other: CheckedCopy) -> Bool {
        let ends = Set((results + other.results).flatMap { [$0.items.lowerBound, $0.items.upperBound - 1] })
        return ends.allSatisfy { results(of: $0)?.offBy == other.results(of: $0)?.offBy }
    }
}
