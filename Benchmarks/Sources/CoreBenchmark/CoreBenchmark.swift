import Measuring
import Pool

/// How fast the pure core decides and folds, and how that grows with queued tasks, with browsers and with tasks that run
/// in copies.
@main
struct CoreBenchmark {
    private static let browsers = 64
    private static let queued = 10_000

    static func main() async {
        await benchmark {
            let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
            let (rounds, observations) = (numbers.first ?? 5, numbers.dropFirst().first ?? 100_000)
            let longest = numbers.dropFirst(2).first ?? 10 * queued
            let queues = [10, 100, 1_000, queued, 10 * queued].filter { $0 <= longest }
            try compare(
                queues.map { ClosedLoop.Size(browsers: browsers, queued: $0) }, "queued tasks", \.queued,
                rounds: rounds, observations: observations)
            try compare(
                [4, 16, browsers].map { ClosedLoop.Size(browsers: $0, queued: min(queued, longest)) },
                "browsers", \.browsers,
                rounds: rounds, observations: observations)
            try compare(
                [0, 100, 500, 1_000].map {
                    ClosedLoop.Size(browsers: browsers, queued: min(queued, longest), copiedPerMille: $0)
                },
                "tasks in copies, per mille", \.copiedPerMille,
                rounds: rounds, observations: observations)
        }
    }

    /// Measures pools of several sizes in turn, and prints how what they take grows.
    private static func compare(
        _ sizes: [ClosedLoop.Size], _ heading: String, _ measure: KeyPath<ClosedLoop.Size, Int>, rounds: Int,
        observations: Int
    ) throws {
        let loops = try sizes.map { try RecordedLoop($0, observations: observations) }
        var whole = loops.map { _ in [Double]() }
        var byType = loops.map { _ in [String: Samples]() }
        for round in 0..<rounds {
            // What is first in a round must not always be the same.
            for turn in loops.indices {
                let index = (turn + round) % loops.count
                let pass = Pass.whole(loops[index])
                guard pass.state == loops[index].after else { throw BenchmarkError("the passes differ") }
                whole[index].append(pass.ns)
                for (type, ns) in Pass.byType(loops[index]) {
                    byType[index][type, default: Samples()].add(ns)
                }
            }
        }

        var rates = Table([heading, "observations/s", "ns each", "of the first", "of the one before"])
        for (index, size) in sizes.enumerated() {
            let median = Samples(whole[index]).median
            rates.add([
                "\(size[keyPath: measure])", (1e9 / median).rounded(to: 0), median.rounded(to: 0),
                ratio(whole[index], to: whole[0]), ratio(whole[index], to: whole[max(index, 1) - 1]),
            ])
        }
        say(rates.text + "\n")

        let types = loops[loops.count - 1].types.sorted()
        var table = Table(["ns by type, per mille"] + sizes.map { "\($0[keyPath: measure])" })
        for type in types {
            table.add(
                ["\(type), \(loops[loops.count - 1].perMille(type))"]
                    + byType.map { $0[type].map { $0.median.rounded(to: 0) } ?? "-" })
        }
        say(table.text + "\n")
    }

    /// The median of ratios of the same round.
    private static func ratio(_ times: [Double], to others: [Double]) -> String {
        Samples(zip(times, others).map { $0 / $1 }).median.rounded(to: 2)
    }
}
