import Pool
import PoolEngine
import PoolSimulator

/// The smallest simulation that fails as a larger one did, for people and for programs.
struct ShrunkReport {
    let shrunk: ShrunkSimulation
    /// Where its log is; nil when it was not kept.
    let logPath: String?

    func add(to lines: inout LabelledLines) {
        let configuration = shrunk.configuration
        lines.add(
            "smallest",
            "\(Format.count(configuration.workload.tasks.count, "task")), \(faults), "
                + "\(Format.count(shrunk.result.log.durableHead(), "event")), found in "
                + Format.count(shrunk.runs, "run"))
        if let failure = shrunk.result.failure { lines.add("", "\(failure)") }
        if let logPath { lines.add("", "its log is in \(logPath)") }
    }

    private var faults: String {
        let plan = shrunk.configuration.faults
        let isChance = FaultPlan.rates.contains { plan[keyPath: $0.path] > 0 }
        let ordered = Format.count(plan.injections.count, "fault")
        return isChance ? "faults by chance" : ordered
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("tasks")
            writer.raw("\(shrunk.configuration.workload.tasks.count)")
            writer.key("faults")
            writer.raw("\(shrunk.result.struck.count)")
            writer.key("events")
            writer.raw("\(shrunk.result.log.durableHead())")
            writer.key("failure")
            writer.quoted(shrunk.result.failure.map(\.description) ?? "")
            writer.key("runs")
            writer.raw("\(shrunk.runs)")
            writer.key("log")
            if let logPath { writer.quoted(logPath) } else { writer.raw("null") }
        }
        return writer.string
    }
}
