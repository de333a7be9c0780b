import Pool
import PoolSimulator

/// What `weir simulate --compare-strategies` prints.
struct StrategyReport {
    let withSpare: StrategyComparison
    let withoutSpare: StrategyComparison
    let seeds: ClosedRange<UInt64>

    init(seeds: ClosedRange<UInt64>) {
        self.seeds = seeds
        withSpare = StrategyComparison(seeds: seeds, hasSpare: true)
        withoutSpare = StrategyComparison(seeds: seeds, hasSpare: false)
    }

    private var cells: [StrategyComparison.Cell] { withSpare.cells + withoutSpare.cells }

    var wrongTasks: Int { cells.map(\.wrongTasks).reduce(0, +) }

    var text: String {
        let count = cells.map(\.durationsMs.count).reduce(0, +)
        return [
            "time to bring a task back, median and 90th of 100, in virtual ms",
            "", Self.table(withSpare, "with a warm spare"),
            "", Self.table(withoutSpare, "without a spare"),
            "", "\(count) recoveries, seeds \(seeds.lowerBound) to \(seeds.upperBound)",
            wrongTasks == 0
                ? "outputs of every task as without the failure, under every strategy"
                : "outputs of \(wrongTasks) tasks are not as without the failure",
        ].joined(separator: "\n")
    }

    private static func table(_ comparison: StrategyComparison, _ title: String) -> String {
        var lines = [line(title, RecoveryStrategy.fixed.map(\.name.description))]
        for evidence in StrategyComparison.evidence {
            let cells = comparison.cells.filter { $0.evidence == evidence }
            lines.append(line(evidence.name.description, cells.map(times)))
        }
        return lines.joined(separator: "\n")
    }

    private static func times(_ cell: StrategyComparison.Cell) -> String {
        guard let median = cell.quantileMs(percent: 50), let most = cell.quantileMs(percent: 90) else {
            return "-"
        }
        return "\(Int(median)) \(Int(most))"
    }

    private static func line(_ first: String, _ rest: [String]) -> String {
        let name = first + String(repeating: " ", count: max(0, 20 - first.count))
        return name + rest.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
    }

    var json: String {
        let cells =
            withSpare.cells.map { Self.json($0, hasSpare: true) }
            + withoutSpare.cells.map { Self.json($0, hasSpare: false) }
        return """
            {"first_seed":\(seeds.lowerBound),"last_seed":\(seeds.upperBound),\
            "cells":[\(cells.joined(separator: ","))]}
            """
    }

    private static func json(_ cell: StrategyComparison.Cell, hasSpare: Bool) -> String {
        let (median, most) = (cell.quantileMs(percent: 50), cell.quantileMs(percent: 90))
        return """
            {"evidence":"\(cell.evidence.name)","strategy":"\(cell.strategy.name)","spare":\(hasSpare),\
            "recoveries":\(cell.durationsMs.count),"rolled_back":\(cell.rolledBack),\
            "p50_ms":\(median.map { "\($0)" } ?? "null"),"p90_ms":\(most.map { "\($0)" } ?? "null"),\
            "wrong_tasks":\(cell.wrongTasks)}
            """
    }
}
