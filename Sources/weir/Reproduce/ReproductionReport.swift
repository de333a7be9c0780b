import Foundation
import Pool
import Projections

/// What came of reproducing a failure, for people and for programs.
struct ReproductionReport {
    let slice: FailureSlice
    let plan: ReproductionPlan
    /// What keeps the failure from being set up here, a line for each.
    var obstacles: [String] = []
    var outcomes: [Outcome] = []
    /// The smallest plan that still fails, and after how many attempts; nil when none was looked for.
    var smallest: (plan: ReproductionPlan, attempts: Int)?
    /// Where the logs of the attempts are; nil when they are not kept.
    var kept: String?

    var reproduced: Int { outcomes.count { $0.verdict == .reproduced } }

    private var result: String {
        if !obstacles.isEmpty { return "cannot_be_set_up" }
        return reproduced > 0 ? "reproduced" : "not_reproduced"
    }

    // MARK: Text

    var text: String {
        var lines = LabelledLines()
        lines.add("failure", failureInWords)
        if !slice.failure.detail.isEmpty { lines.add("", Self.trimmed(slice.failure.detail)) }
        lines.add("recorded", recordedInWords)
        for (index, line) in Self.lines(of: plan, in: slice).enumerated() {
            lines.add(index == 0 ? "set up" : "", line)
        }
        if slice.healedBefore > 0 {
            lines.add(
                "",
                "\(Format.count(slice.healedBefore, "failure")) of that process before, healed in place, are left out"
            )
        }
        for (index, outcome) in outcomes.enumerated() {
            lines.add("attempt \(index + 1)", Self.words(of: outcome))
        }
        for (index, obstacle) in obstacles.enumerated() { lines.add(index == 0 ? "differs" : "", obstacle) }
        lines.add("result", resultInWords)
        if let smallest {
            for (index, line) in Self.lines(of: smallest.plan, in: slice).enumerated() {
                lines.add(index == 0 ? "smallest" : "", line)
            }
            lines.add("", "found with \(Format.count(smallest.attempts, "attempt"))")
        }
        if let kept { lines.add("logs", whole: kept) }
        return lines.text
    }

    private var failureInWords: String {
        var words =
            "event \(slice.failure.sequence): \(slice.failure.name) of browser \(slice.failure.browser)"
        if let run = slice.failingRun {
            words += ", in task \(run.task) (\(Self.name(run.spec))) at item \(run.nextItem)"
        }
        return words
    }

    private var recordedInWords: String {
        guard let facts = slice.facts else {
            return "by Weir \(slice.version), of a browser that did not start"
        }
        return
            "\(facts.product), adapter \(facts.adapter.map(Format.adapter) ?? "none"), by Weir \(slice.version)"
    }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A model that is given by its path is told by its last component.
    private static func name(_ spec: TaskSpec) -> String { (spec.model as NSString).lastPathComponent }

    /// What a plan runs and does.
    private static func lines(of plan: ReproductionPlan, in slice: FailureSlice) -> [String] {
        var lines: [String] = []
        let earlier = plan.earlier(in: slice)
        for run in earlier { lines.append("before it " + words(of: run, in: slice)) }
        for run in plan.underWay(in: slice) { lines.append(words(of: run, in: slice)) }
        for fault in plan.faults {
            let place = fault.underWay ? "at item \(fault.nextItem)" : "while nothing ran"
            lines.append("\(fault.fault.name) injected \(place)")
        }
        return lines.isEmpty ? ["a browser"] : lines
    }

    private static func words(of run: ReproductionPlan.Run, in slice: FailureSlice) -> String {
        let recorded = slice.runs[run.index]
        let items =
            run.items.count == 1
            ? "item \(run.items.lowerBound)" : "items \(run.items.lowerBound) to \(run.items.upperBound - 1)"
        let state = run.checkpoint == nil ? "" : ", from its recorded state"
        return "\(name(recorded.spec)) on \(recorded.backend.name), \(items)\(state)"
    }

    private static func words(of outcome: Outcome) -> String {
        let item = outcome.item.map { " at item \($0)" } ?? ""
        let time = " after " + Format.duration(ms: outcome.took / .milliseconds(1))
        return switch outcome.verdict {
        case .reproduced: "reproduced: \(outcome.seen)\(item)\(time)"
        case .elsewhere: "the same elsewhere: \(outcome.seen)\(item)\(time)"
        case .otherwise: "another failure: \(outcome.seen)\(item)\(time); \(trimmed(outcome.detail))"
        case .nothing: "no failure: \(outcome.detail)\(time)"
        case .otherSurroundings: "not run: the browser is another"
        }
    }

    private var resultInWords: String {
        if !obstacles.isEmpty {
            let hint = outcomes.isEmpty ? "" : "; --anyway takes the browser that is here"
            return "cannot be set up here" + hint
        }
        return reproduced > 0
            ? "reproduced in \(reproduced) of \(Format.count(outcomes.count, "attempt"))"
            : "not reproduced in \(Format.count(outcomes.count, "attempt"))"
    }

    // MARK: JSON

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("result")
            writer.quoted(result)
            writer.key("failure")
            writer.raw(JSONWriter.object(slice.failure))
            if let run = slice.failingRun {
                writer.key("task")
                writer.raw("\(run.task)")
                writer.key("item")
                writer.raw("\(run.nextItem)")
            }
            writer.key("reproduced")
            writer.raw("\(reproduced)")
            writer.key("plan")
            writer.raw(object(plan))
            writer.array("attempts", outcomes.map(object))
            writer.strings("differences", obstacles)
            if let smallest {
                writer.key("smallest")
                writer.raw(object(smallest.plan))
                writer.key("smallest_attempts")
                writer.raw("\(smallest.attempts)")
            }
        }
        return writer.string
    }

    private func object(_ plan: ReproductionPlan) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.array(
                "runs",
                plan.runs.map { run in
                    var writer = JSONWriter()
                    writer.braces { writer in
                        writer.key("task")
                        writer.raw("\(slice.runs[run.index].task)")
                        writer.key("model")
                        writer.quoted(slice.runs[run.index].spec.model)
                        writer.key("backend")
                        writer.quoted("\(slice.runs[run.index].backend.name)")
                        writer.key("first_item")
                        writer.raw("\(run.items.lowerBound)")
                        writer.key("item_count")
                        writer.raw("\(run.items.count)")
                        writer.key("under_way")
                        writer.raw("\(slice.runs[run.index].isUnderWay)")
                    }
                    return writer.string
                })
            writer.array("faults", plan.faults.map { JSONWriter.object($0) })
        }
        return writer.string
    }

    private func object(_ outcome: Outcome) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("verdict")
            writer.quoted(outcome.verdict.rawValue)
            writer.key("seen")
            writer.quoted(outcome.seen)
            if let item = outcome.item {
                writer.key("item")
                writer.raw("\(item)")
            }
            writer.key("detail")
            writer.quoted(outcome.detail)
            writer.key("ms")
            writer.raw("\(outcome.took / .milliseconds(1))")
        }
        return writer.string
    }
}
