import CLogBaselines
import LogWorkload
import Measuring

/// One writer, one step in each commit: how long it takes until a step is durable.
struct AppendSection {
    let options: Options
    let workspace: Workspace
    let mix: EventMix

    func run() throws {
        Report.section(
            "Durable append, one writer",
            "A step of some events is a commit. Latencies are of a closed loop, over all rounds; – where there are too "
                + "few commits to tell. Rates and ratios of rates are medians over \(options.rounds) rounds; more than "
                + "1 is Weir's advantage.")
        Report.header([
            "bytes × events", "contestant", "p50 µs", "p99 µs", "p99.9 µs", "events/s", "Weir ÷ it",
            "Weir two in flight ÷ it",
        ])
        for size in options.sizes {
            for batch in options.batches { try cell(size: size, batch: batch) }
        }
    }

    /// The first two are Weir's.
    private func contestants(size: Int, batch: Int, in folder: String) throws -> [any Contestant] {
        func place(_ name: String) throws -> String { try Workspace.folder(name, in: folder) }
        var all: [any Contestant] = [
            try WeirLog(folder: place("weir"), mix: mix, payloadBytes: size),
            try OverlappedWeirLog(folder: place("overlapped"), mix: mix, payloadBytes: size),
            try IndexedLMDB(folder: place("indexed"), mix: mix, payloadBytes: size),
            try RecordsLMDB(folder: place("records"), mix: mix, payloadBytes: size),
            try SQLite(folder: place("sqlite"), mix: mix, payloadBytes: size),
            try RawFile(folder: place("file"), mix: mix, payloadBytes: size),
        ]
        if batch == 1 {
            all.append(try DataFlushLMDB(folder: place("data"), mix: mix, payloadBytes: size))
            all.append(try BlockFlushLMDB(folder: place("block"), mix: mix, payloadBytes: size))
        }
        return all
    }

    private func cell(size: Int, batch: Int) throws {
        try workspace.withFolder("append") { folder in
            let all = try contestants(size: size, batch: batch, in: folder)
            defer { for contestant in all { contestant.close() } }
            for contestant in all {
                _ = try contestant.turn(batch: batch, until: Bound(seconds: 0, commitsLeast: 5))
            }
            let bound = Bound(seconds: options.seconds)
            var turns = all.map { _ in [Turn]() }
            for round in 0..<options.rounds {
                // What is first in a round must not always be the same.
                for offset in all.indices {
                    let index = (offset + round) % all.count
                    turns[index].append(try all[index].turn(batch: batch, until: bound))
                }
            }
            let rates = turns.map { $0.map(\.eventsPerSecond) }
            for (index, contestant) in all.enumerated() {
                let latencies = turns[index].flatMap(\.latencies).sorted()
                let quantiles = [0.5, 0.99, 0.999].map { share in
                    Report.microseconds(quantile(share, of: latencies))
                }
                Report.row(
                    ["\(size) × \(batch)", type(of: contestant).title] + quantiles + [
                        Report.rate(Samples(rates[index]).median),
                        Report.ratio(rates[0], to: rates[index]), Report.ratio(rates[1], to: rates[index]),
                    ])
            }
        }
    }
}
