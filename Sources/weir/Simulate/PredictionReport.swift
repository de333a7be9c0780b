import Pool
import PoolSimulator

/// What predictions of failures were worth, over many worlds.
struct PredictionReport {
    let worlds: [PredictionComparison]

    private var totals: [PredictionComparison.Outcome] {
        var totals = worlds.first?.outcomes ?? []
        for world in worlds.dropFirst() {
            for (index, outcome) in world.outcomes.enumerated() { totals[index].add(outcome) }
        }
        return totals
    }

    private static func name(_ rule: PredictionRule?) -> String { rule?.name.description ?? "none" }

    private static func percent(_ share: Double?) -> String {
        share.map { "\(Int(($0 * 100).rounded())) %" } ?? "-"
    }

    private static func lead(_ leadsMs: [UInt64], _ perCent: Int) -> String {
        quantile(leadsMs, perCent).map { "\(($0 + 50) / 100 / 10).\(($0 + 50) / 100 % 10) s" } ?? "-"
    }

    private static func quantile(_ values: [UInt64], _ perCent: Int) -> UInt64? {
        values.isEmpty ? nil : values.sorted()[(values.count - 1) * perCent / 100]
    }

    var text: String {
        var predictions = TextTable([
            "RULE", "FAILURES", "PREDICTED", "FALSE ALARMS", "PRECISION", "RECALL", "LEAD P10", "P50",
        ])
        var effects = TextTable(["RULE", "TASKS", "RUNS LOST", "RUNS MOVED", "TIME LOST", "TASK TIME"])
        for total in totals {
            let (tally, name) = (total.predictions, Self.name(total.rule))
            if total.rule != nil {
                predictions.add([
                    name, "\(tally.failures)", "\(tally.leadsMs.count)", "\(tally.falseAlarms)",
                    Self.percent(tally.precision), Self.percent(tally.recall), Self.lead(tally.leadsMs, 10),
                    Self.lead(tally.leadsMs, 50),
                ])
            }
            effects.add([
                name, "\(total.succeeded)", "\(total.losses)", "\(total.moves)",
                "\(total.lostMs / UInt64(max(total.succeeded, 1))) ms",
                "\(total.taskMs / UInt64(max(total.succeeded, 1))) ms",
            ])
        }
        let (first, last) = (worlds.first?.seed ?? 0, worlds.last?.seed ?? 0)
        return [
            "failures predicted, while nothing was done about them", "", predictions.text, "",
            "work moved before the failure; times of a task, in virtual time", "", effects.text, "",
            worlds.count == 1
                ? "1 world, seed \(first)" : "\(worlds.count) worlds, seeds \(first) to \(last)",
        ].joined(separator: "\n")
    }

    var json: String {
        let objects = worlds.map { world in
            let outcomes = world.outcomes.map { outcome in
                let tally = outcome.predictions
                return """
                    {"rule":"\(Self.name(outcome.rule))","failures":\(tally.failures),\
                    "predicted":\(tally.leadsMs.count),"false_alarms":\(tally.falseAlarms),\
                    "lead_p50_ms":\(Self.quantile(tally.leadsMs, 50).map(String.init) ?? "null"),\
                    "tasks":\(outcome.succeeded),"runs_lost":\(outcome.losses),\
                    "runs_moved":\(outcome.moves),"lost_ms":\(outcome.lostMs),"task_ms":\(outcome.taskMs)}
                    """
            }
            return "{\"seed\":\(world.seed),\"outcomes\":[\(outcomes.joined(separator: ","))]}"
        }
        return "{\"worlds\":[\(objects.joined(separator: ","))]}"
    }
}
