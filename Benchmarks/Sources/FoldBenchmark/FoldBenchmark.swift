import Pool

/// How fast the records of a pool's history are read and folded: what recovery, replay and verification wait for.
@main
struct FoldBenchmark {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let log = try EncodedLog(tasks: numbers.first ?? 80_000)
        describe(log)
        try measure(log, rounds: numbers.dropFirst().first ?? 5)
    }

    private static func describe(_ log: EncodedLog) {
        print("\(log.count) events of \(log.virtualMs / 60_000) simulated minutes, \(log.bytes.count) bytes")
        for (name, count) in log.mix.sorted.sorted(by: { $0.count > $1.count }) {
            let perMille = count * 1000 / log.count
            print("  \(name): \(count), \(perMille) per mille, \(log.sizes[name] / count) bytes each")
        }
    }

    private static func measure(_ log: EncodedLog, rounds: Int) throws {
        let runs: [(name: String, run: (EncodedLog) throws -> Fold)] = [
            ("decode", Fold.decoding), ("evolve", Fold.evolving),
            ("decode + evolve", Fold.decodingAndEvolving),
            ("records read", Fold.readingRecords), ("records folded", Fold.foldingRecords),
        ]
        var millions = runs.map { _ in [Double]() }
        var digests: Set<Digest> = []
        for round in 0..<rounds {
            // What is first in a round must not always be the same.
            for turn in runs.indices {
                let index = (turn + round) % runs.count
                let fold = try runs[index].run(log)
                millions[index].append(Double(log.count) / fold.seconds / 1e6)
                if let digest = fold.digest { digests.insert(digest) }
                if round == 0, fold.mostTasks > 0 {
                    print("most tasks in hand \(fold.mostTasks), on average \(fold.tasksSum / log.count)")
                }
            }
        }
        precondition(digests.count == 1, "the folds differ")
        for (index, run) in runs.enumerated() {
            let sorted = millions[index].sorted()
            print(
                "\(run.name): median \(rounded(sorted[sorted.count / 2])) million events/s, "
                    + "best \(rounded(sorted[sorted.count - 1]))")
        }
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
