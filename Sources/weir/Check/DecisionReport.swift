import Pool
import PoolEngine

/// What a check of the decisions of a log found.
struct DecisionReport {
    private var check: DecisionCheck
    private let base: UInt64
    private(set) var divergence: DecisionDivergence?

    /// - Parameter base: The last event that is in an archive; the check began with the state there.
    init(_ check: DecisionCheck, base: UInt64 = 0) {
        self.check = check
        self.base = base
    }

    /// Decides every step of a log again, up to the first that is not as it is decided now.
    ///
    /// - Parameter onProgress: Called with each event that has been read.
    init(of source: some EventSource, onProgress: (UInt64) -> Void = { _ in }) throws {
        self.init(DecisionCheck(from: try source.baseState()), base: try source.basePosition())
        do {
            var step: [Event] = []
            try source.forEachEvent(through: source.durableHead()) { event, beginsStep in
                onProgress(event.sequence)
                if beginsStep {
                    try check.check(step)
                    step = []
                }
                step.append(event)
            }
            try check.check(step)
        } catch let found as DecisionDivergence {
            divergence = found
        }
    }

    /// What agreed, in labelled lines.
    var agreement: [(label: String, value: String)] {
        var lines: [(label: String, value: String)] = [
            ("decisions", "\(Format.count(check.steps, "step")) decided again, all the same")
        ]
        if check.stepsOfOtherRevisions > 0 {
            lines[0].value = Format.count(check.steps, "step") + " decided again"
            lines.append(
                (
                    "",
                    "\(check.stepsOfOtherRevisions) of them by another revision, of which "
                        + "\(check.differingSteps) are decided otherwise now"
                        + (check.firstDiffering.map { ", the first at event \($0)" } ?? "")
                ))
            if check.steps > check.stepsOfOtherRevisions { lines.append(("", "all others the same")) }
        }
        return lines
    }

    var text: String {
        var lines = LabelledLines()
        lines.add("from", base == 0 ? "event 1" : "event \(base + 1), with the state that the archive led to")
        guard let divergence else {
            for line in agreement { lines.add(line.label, line.value) }
            lines.add(line: "ok")
            return lines.text
        }
        lines.add("first bad", "\(divergence.sequence)")
        lines.add("DIVERGED", "\(divergence)")
        for line in DivergenceReport(divergence).details { lines.add(line: line) }
        return lines.text
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("ok")
            writer.raw(divergence == nil ? "true" : "false")
            let numbers: [(String, UInt64)] = [
                ("base", base), ("position", check.state.position), ("steps", UInt64(check.steps)),
                ("steps_of_other_revisions", UInt64(check.stepsOfOtherRevisions)),
                ("differing_steps_of_other_revisions", UInt64(check.differingSteps)),
            ]
            for (key, value) in numbers {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("first_differing")
            writer.raw(check.firstDiffering.map(String.init) ?? "null")
            if let divergence {
                writer.key("first_bad")
                writer.raw("\(divergence.sequence)")
                writer.key("divergence")
                writer.raw(DivergenceReport(divergence).json)
            }
        }
        return writer.string
    }
}
