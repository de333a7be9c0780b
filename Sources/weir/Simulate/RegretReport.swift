import Pool
import PoolSimulator

/// What recoveries cost under each strategy, over many worlds.
struct RegretReport {
    let worlds: [StrategyRegret]

    private func outcomes(_ strategy: RecoveryStrategy) -> [StrategyRegret.Outcome] {
        worlds.flatMap { $0.outcomes.filter { $0.strategy == strategy } }
    }

    private func meanCostMs(_ strategy: RecoveryStrategy) -> Double {
        outcomes(strategy).reduce(0) { $0 + $1.meanCostMs } / Double(worlds.count)
    }

    private func meanRegretMs(_ strategy: RecoveryStrategy) -> Double {
        worlds.reduce(0) { $0 + $1.regretMs(of: strategy) } / Double(worlds.count)
    }

    private func worstRegretMs(_ strategy: RecoveryStrategy) -> Double {
        worlds.map { $0.regretMs(of: strategy) }.max() ?? 0
    }

    /// Worlds in which no other strategy cost less.
    private func firsts(_ strategy: RecoveryStrategy) -> Int {
        worlds.count { world in
            let least = world.outcomes.map(\.meanCostMs).min()
            return world.outcomes.contains { $0.strategy == strategy && $0.meanCostMs == least }
        }
    }

    /// What the adaptive strategy saves in the same world beside the fixed one that costs least over all of them, in
    /// milliseconds and in thousandths of what that one costs there; nil for a single world.
    private var saving: (rival: RecoveryStrategy, ms: MeanWithError, perMille: MeanWithError)? {
        let fixed = RecoveryStrategy.allCases.filter { $0 != .adaptive }
        guard worlds.count > 1, let rival = fixed.min(by: { meanCostMs($0) < meanCostMs($1) }) else {
            return nil
        }
        let pairs = zip(outcomes(rival), outcomes(.adaptive)).map { ($0.meanCostMs, $1.meanCostMs) }
        return (
            rival, MeanWithError(of: pairs.map { $0 - $1 }),
            MeanWithError(of: pairs.filter { $0.0 > 0 }.map { ($0 - $1) / $0 * 1_000 })
        )
    }

    private var savingInWords: String {
        guard let saving else { return "" }
        let part =
            "\(Format.fixed(saving.perMille.mean / 10, 1)) ± \(Format.fixed(saving.perMille.error / 10, 1)) %"
        return "\nbeside \(saving.rival.name), adaptive saves \(Format.fixed(saving.ms.mean, 0)) ± "
            + "\(Format.fixed(saving.ms.error, 0)) ms, \(part) of a world's cost"
    }

    var text: String {
        var table = TextTable(["STRATEGY", "RECOVERIES", "GIVEN UP", "COST", "REGRET", "WORST", "BEST IN"])
        for strategy in RecoveryStrategy.allCases {
            let outcomes = outcomes(strategy)
            table.add([
                strategy.name.description, "\(outcomes.reduce(0) { $0 + $1.recoveries })",
                "\(outcomes.reduce(0) { $0 + $1.givenUp })", Self.ms(meanCostMs(strategy)),
                Self.ms(meanRegretMs(strategy)), Self.ms(worstRegretMs(strategy)), "\(firsts(strategy))",
            ])
        }
        let (first, last) = (worlds.first?.seed ?? 0, worlds.last?.seed ?? 0)
        return [
            "mean cost of a recovery in virtual time, and regret beside the best fixed one",
            "", table.text, "",
            worlds.count == 1
                ? "1 world, seed \(first)" : "\(worlds.count) worlds, seeds \(first) to \(last)",
        ].joined(separator: "\n") + savingInWords
    }

    private static func ms(_ value: Double) -> String { "\(Int(value.rounded())) ms" }

    var json: String {
        let objects = worlds.map { world in
            let outcomes = world.outcomes.map { outcome in
                """
                {"strategy":"\(outcome.strategy.name)","recoveries":\(outcome.recoveries),\
                "given_up":\(outcome.givenUp),"mean_cost_ms":\(outcome.meanCostMs),\
                "regret_ms":\(world.regretMs(of: outcome.strategy))}
                """
            }
            return "{\"seed\":\(world.seed),\"outcomes\":[\(outcomes.joined(separator: ","))]}"
        }
        return "{\"worlds\":[\(objects.joined(separator: ","))]}"
    }
}
