import CLogBaselines

/// Something that events are appended to durably.
protocol Contestant: AnyObject {
    static var title: String { get }
    /// Appends steps of `batch` events, each in a commit of its own, until the bound is reached.
    func turn(batch: Int, until bound: Bound) throws -> Turn
    func close()
}

/// One of the baselines in C: a commit is a call, and what it stores is laid out before it is timed.
protocol Baseline: Contestant {
    var group: Group { get set }
    var head: UInt64 { get set }
    func commit() throws
}

extension Baseline {
    func turn(batch: Int, until bound: Bound) throws -> Turn {
        try turn(steps: 1, batch: batch, until: bound)
    }

    /// Appends `steps` steps in each commit.
    func turn(steps: Int, batch: Int, until bound: Bound) throws -> Turn {
        var turn = Turn()
        let count = steps * batch
        while !bound.isReached(
            nanoseconds: turn.nanoseconds, commits: turn.latencies.count,
            bytes: turn.events * group.recordBytes)
        {
            group.prepare(first: head + 1, steps: steps, batch: batch)
            let began = clb_now()
            try commit()
            let spent = clb_now() - began
            head += UInt64(count)
            turn.latencies.append(spent)
            turn.nanoseconds += spent
            turn.events += count
        }
        return turn
    }
}
