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

    private func contestants(size: Int, batch: Int, in folder: String) throws -> [any Contestant] {
        var all: [(name: String, make: (String) throws -> any Contestant)] = [
            ("weir", { try WeirLog(folder: $0, mix: mix, payloadBytes: size) }),
            ("weir-overlapped", { try OverlappedWeirLog(folder: $0, mix: mix, payloadBytes: size) }),
            ("lmdb", { try IndexedLMDB(folder: $0, mix: mix, payloadBytes: size) }),
            ("lmdb-records", { try RecordsLMDB(folder: $0, mix: mix, payloadBytes: size) }),
            ("sqlite", { try SQLite(folder: $0, mix: mix, payloadBytes: size) }),
            ("file", { try RawFile(folder: $0, mix: mix, payloadBytes: size) }),
        ]
        if batch == 1 {
            all.append(("lmdb-data", { try DataFlushLMDB(folder: $0, mix: mix, payloadBytes: size) }))
            all.append(("lmdb-block", { try BlockFlushLMDB(folder: $0, mix: mix, payloadBytes: size) }))
        }
        return try all.filter { options.only.isEmpty || options.only.contains($0.name) }.map {
            try $0.make(Workspace.folder($0.name, in: folder))
        }
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
            /// A type's advantage over a contestant; nothing where only others are compared.
            func advantage(of reference: any Contestant.Type, over index: Int) -> String {
                all.firstIndex { type(of: $0) == reference }.map {
                    Report.ratio(rates[$0], to: rates[index])
                } ?? "–"
            }
            for (index, contestant) in all.enumerated() {
                let latencies = turns[index].flatMap(\.latencies).sorted()
                let quantiles = [0.5, 0.99, 0.999].map { share in
                    Report.microseconds(quantile(share, of: latencies))
                }
                Report.row(
                    ["\(size) × \(batch)", type(of: contestant).title] + quantiles + [
                        Report.rate(Samples(rates[index]).median),
                        advantage(of: WeirLog.self, over: index),
                        advantage(of: OverlappedWeirLog.self, over: index),
                    ])
            }
        }
    }
}
