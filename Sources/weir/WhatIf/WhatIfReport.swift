import Pool
import PoolSimulator
import Projections

/// What `weir what-if` says: what is recorded beside what is modelled, and which is which.
struct WhatIfReport {
    let logPath: String
    let policyPath: String
    let seeds: ClosedRange<UInt64>
    let workload: RecordedWorkload
    /// What the policy file changes.
    let changes: [FieldDifference]
    let recorded: PoolFigures
    /// The model under the recorded policy: how far it is from the record is how far it can be trusted.
    let same: ReplayedRuns
    /// The model under the other policy.
    let other: ReplayedRuns
    /// Where the modelled log was kept; nil when it was not.
    let savedPath: String?

    /// Violations that are shown.
    private static let shownViolations = 5

    var violations: [InvariantViolation] { same.violations + other.violations }

    /// The figures, but for strategies that nobody used.
    private var figures: [Figure] {
        let all = [recorded] + same.figures + other.figures
        let unused = RecoveryStrategy.fixed.filter { strategy in
            all.allSatisfy { $0.recoveries(by: strategy).began == 0 }
        }.map { "recoveries_\($0.name)" }
        return Figure.all.filter { figure in !unused.contains { figure.name.hasPrefix($0) } }
    }

    // MARK: For people

    var text: String {
        var lines = LabelledLines()
        addTitle(to: &lines)
        lines.add(line: "")
        for line in table { lines.add(line: line) }
        lines.add(line: "")
        addStatement(to: &lines)
        return lines.text
    }

    private func addTitle(to lines: inout LabelledLines) {
        let kind = workload.isSimulated ? "simulated" : "real"
        let engines = Format.count(workload.sessions.count, "engine")
        lines.add("log", "\(logPath): \(workload.position) events, \(kind), \(engines)")
        lines.add("policy", "\(policyPath), over the recorded one:")
        if changes.isEmpty { lines.add("", "it changes nothing") }
        for change in changes {
            lines.add("", "\(change.path) \(FieldLines.value(change.old)) → \(FieldLines.value(change.new))")
        }
        let own = workload.tasks.count { $0.spec.failoverStrategy != nil }
        if own > 0, changes.contains(where: { $0.path == "recovery_strategy" }) {
            lines.add("", "\(Format.count(own, "task")) with a strategy of their own keep it")
        }
        if seeds.count > 1 {
            lines.add(
                "modelled", "\(seeds.count) times; the median, below it least and most where they differ")
        }
    }

    private var table: [String] {
        var rows = [
            Self.row("", ["recorded", "modelled,", "modelled,"]),
            Self.row("", ["", "recorded policy", "other policy"]),
        ]
        for figure in figures {
            let (same, other) = (
                FigureRange(figure, over: same.figures), FigureRange(figure, over: other.figures)
            )
            let value = figure.value(recorded)
            rows.append(
                Self.row(
                    figure.label, [value, same?.median, other?.median].map { Self.text($0, figure.unit) }))
            let ranges = [same, other].map { Self.range($0, figure.unit) }
            if ranges.contains(where: { !$0.isEmpty }) { rows.append(Self.row("", [""] + ranges)) }
        }
        return rows
    }

    private static func row(_ label: String, _ cells: [String]) -> String {
        let first = label + String(repeating: " ", count: max(0, 26 - label.count))
        return first + cells.map { String(repeating: " ", count: max(1, 18 - $0.count)) + $0 }.joined()
    }

    private static func text(_ value: UInt64?, _ unit: Figure.Unit) -> String {
        guard let value else { return "-" }
        return unit == .ns ? Format.duration(ms: Double(value) / 1_000_000) : "\(value)"
    }

    private static func range(_ range: FigureRange?, _ unit: Figure.Unit) -> String {
        guard let range, range.least != range.most else { return "" }
        guard unit == .ns else { return "\(range.least)–\(range.most)" }
        return "\(seconds(range.least))–\(seconds(range.most)) s"
    }

    private static func seconds(_ ns: UInt64) -> String {
        let seconds = Double(ns) / 1_000_000_000
        return Format.fixed(seconds, seconds < 1000 ? 2 : 0)
    }

    private func addStatement(to lines: inout LabelledLines) {
        lines.add("recorded", Self.recordedFacts)
        if workload.sessions.count > 1 { lines.add("", Self.pauses) }
        lines.add("modelled", Self.modelledFacts)
        if !workload.isComplete { lines.add("", Self.cut) }
        lines.add("replayed", "recorded policy: " + Self.shares(same.counts))
        lines.add("", "other policy: " + Self.shares(other.counts))
        lines.add("faults", faults)
        lines.add(
            "seed", seeds.count == 1 ? "\(seeds.lowerBound)" : "\(seeds.lowerBound) to \(seeds.upperBound)")
        lines.add(
            "checked",
            violations.isEmpty
                ? "every invariant holds in every run" : Format.count(violations.count, "violation"))
        for violation in violations.prefix(Self.shownViolations) { lines.add("", "\(violation)") }
        let restless = same.restless + other.restless
        if restless > 0 {
            lines.add("given up", "\(Format.count(restless, "run")), with tasks that never ended")
        }
        if let savedPath { lines.add("log", "kept in \(savedPath), simulated, seed \(seeds.lowerBound)") }
    }

    private static let recordedFacts = """
        what tasks ask and when they were submitted, cancelled and resumed; when engines ended; for each task \
        how long its batches, starts and completion took, and at which item what struck it; launches, \
        preparations, rungs, stops and closes in their order, with how they ended; failures of idle browsers \
        at their times
        """

    private static let modelledFacts = """
        every decision, by the core of this version, and when things happen that follow from it. What was \
        never recorded is drawn from what was of the same model or kind, without faults, or assumed where there \
        is none. A browser is as fast with others beside it as it was recorded: a machine that more of them would \
        slow down is not modelled. Compare the two modelled columns; how far the first is from the record shows \
        the error of the model
        """

    private static let pauses =
        "between engines as much time passes as did, for deadlines; it is cut out of all columns"

    private static let cut =
        "the log ends amid its work, and so does the model, at the same time in its session"

    private static func shares(_ counts: ReplayCounts) -> String {
        func list(_ counts: Counts) -> String {
            let parts = ReplayCounts.names.filter { counts[$0] > 0 }.map { "\($0) \(counts[$0])" }
            return parts.isEmpty ? "none" : parts.joined(separator: ", ")
        }
        let parts = [
            ("as recorded ", counts.asRecorded), ("; drawn ", counts.resampled),
            ("; assumed ", counts.assumed),
        ]
        return parts.map { $0.0 + list($0.1) }.joined()
    }

    private var faults: String {
        let names = workload.faults.sorted.map(\.name)
        guard !names.isEmpty else { return "none were recorded" }
        return names.map { name in
            "\(name) \(workload.faults[name]) recorded, \(same.counts.struck[name]) and "
                + "\(other.counts.struck[name]) struck again"
        }.joined(separator: "; ")
    }

    // MARK: For programs

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("log")
            writer.quoted(logPath)
            writer.key("position")
            writer.raw("\(workload.position)")
            writer.key("simulated")
            writer.raw("\(workload.isSimulated)")
            writer.key("engines")
            writer.raw("\(workload.sessions.count)")
            writer.key("complete")
            writer.raw("\(workload.isComplete)")
            writer.key("policy")
            writer.quoted(policyPath)
            writer.array("changes", DifferenceReport.json(changes))
            writer.key("seed")
            writer.raw("\(seeds.lowerBound)")
            writer.key("runs")
            writer.raw("\(seeds.count)")
            writer.array("figures", Figure.all.map(object))
            writer.key("faults")
            writer.raw(Self.object(workload.faults))
            writer.key("recorded_policy")
            writer.raw(Self.object(same))
            writer.key("other_policy")
            writer.raw(Self.object(other))
            writer.strings("violations", violations.map { "\($0)" })
            writer.key("saved")
            writer.raw(savedPath.map(JSONWriter.quoted) ?? "null")
        }
        return writer.string
    }

    private func object(_ figure: Figure) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("name")
            writer.quoted(figure.name)
            writer.key("unit")
            writer.quoted(figure.unit.rawValue)
            writer.key("recorded")
            writer.raw(figure.value(recorded).map { "\($0)" } ?? "null")
            writer.key("recorded_policy")
            writer.raw(Self.object(FigureRange(figure, over: same.figures)))
            writer.key("other_policy")
            writer.raw(Self.object(FigureRange(figure, over: other.figures)))
        }
        return writer.string
    }

    private static func object(_ range: FigureRange?) -> String {
        guard let range else { return "null" }
        return #"{"median":\#(range.median),"least":\#(range.least),"most":\#(range.most)}"#
    }

    private static func object(_ runs: ReplayedRuns) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("as_recorded")
            writer.raw(object(runs.counts.asRecorded))
            writer.key("drawn")
            writer.raw(object(runs.counts.resampled))
            writer.key("assumed")
            writer.raw(object(runs.counts.assumed))
            writer.key("faults_struck")
            writer.raw(object(runs.counts.struck))
            writer.key("runs_given_up")
            writer.raw("\(runs.restless)")
        }
        return writer.string
    }

    private static func object(_ counts: Counts) -> String {
        "{" + counts.sorted.map { "\(JSONWriter.quoted($0.name)):\($0.count)" }.joined(separator: ",") + "}"
    }
}
