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
        try turn(steps: 1, batch: batch, writers: nil, until: bound)
    }

    /// Appends `steps` steps in each commit; with `writers`, those that so many writers of Weir's append in turn.
    func turn(steps: Int, batch: Int, writers: Int?, until bound: Bound) throws -> Turn {
        var turn = Turn()
        var appended = 0
        let count = steps * batch
        while !bound.isReached(
            nanoseconds: turn.nanoseconds, commits: turn.latencies.count,
            bytes: turn.events * group.recordBytes)
        {
            let starts = writers.map { writers in
                (appended..<appended + steps).map { WriterPlaces.start($0 % writers) + $0 / writers * batch }
            }
            group.prepare(first: head + 1, steps: steps, batch: batch, from: starts)
            appended += steps
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

/// Where in the row each of some concurrent writers begins.
enum WriterPlaces {
    static func start(_ writer: Int) -> Int { writer * 4096 }
}
