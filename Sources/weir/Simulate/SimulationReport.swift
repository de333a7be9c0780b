import Pool
import PoolEngine
import PoolSimulator

/// What one simulation came to, for people and for programs.
struct SimulationReport {
    let seed: UInt64
    let result: SimulationResult
    /// The command that runs it again.
    let command: String
    /// Where its log is; nil when it was not kept.
    let logPath: String?
    let shrunk: ShrunkReport?

    /// Violations that are shown.
    private static let shownViolations = 5

    var text: String {
        var lines = LabelledLines()
        lines.add("simulated", "seed \(seed)")
        SummaryReport(result.summary).add(to: &lines, namesMissing: false)
        lines.add("events", "\(result.log.durableHead())")
        lines.add("digest", "\(result.digest)")
        lines.add("quiet", result.isQuiescent ? "yes: every task ended, and nothing is owed" : "no")
        let violations = result.violations
        lines.add("violations", violations.isEmpty ? "none" : "\(violations.count)")
        for violation in violations.prefix(Self.shownViolations) { lines.add("", "\(violation)") }
        if violations.count > Self.shownViolations {
            lines.add("", "and \(violations.count - Self.shownViolations) more")
        }
        if let logPath { lines.add("log", logPath) }
        guard result.failure != nil else { return lines.text }
        lines.add("again", whole: command)
        shrunk?.add(to: &lines)
        return lines.text
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("seed")
            writer.raw("\(seed)")
            writer.key("command")
            writer.quoted(command)
            SummaryReport(result.summary).write(to: &writer)
            writer.key("events")
            writer.raw("\(result.log.durableHead())")
            writer.key("digest")
            writer.quoted(result.digest.description)
            writer.key("quiet")
            writer.raw("\(result.isQuiescent)")
            writer.array("violations", result.violations.map(Self.object))
            writer.key("log")
            if let logPath { writer.quoted(logPath) } else { writer.raw("null") }
            writer.key("smallest")
            writer.raw(shrunk?.json ?? "null")
        }
        return writer.string
    }

    private static func object(_ violation: InvariantViolation) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("invariant")
            writer.quoted(violation.invariant.rawValue)
            writer.key("event")
            writer.raw("\(violation.sequence)")
            writer.key("detail")
            writer.quoted(violation.detail)
        }
        return writer.string
    }
}
