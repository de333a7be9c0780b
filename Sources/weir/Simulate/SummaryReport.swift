import Pool
import PoolSimulator

/// What was counted in one simulation or in many, for people and for programs.
struct SummaryReport {
    /// A kind of thing that is counted, and all that could have been.
    private struct Kind {
        var name: String
        var label: String
        var counts: Counts
        var names: [String]
    }

    private let kinds: [Kind]
    private let summary: SimulationSummary

    init(_ summary: SimulationSummary) {
        self.summary = summary
        kinds = [
            Kind(
                name: "tasks", label: "tasks", counts: summary.terminals,
                names: SimulationSummary.terminalNames),
            Kind(name: "faults", label: "faults", counts: summary.faults, names: Fault.names),
            Kind(name: "evidence", label: "evidence", counts: summary.evidence, names: Evidence.names),
            Kind(name: "rungs", label: "rungs", counts: summary.rungs, names: Rung.names),
            Kind(
                name: "strategies", label: "strategy", counts: summary.strategies,
                names: RecoveryStrategy.names),
            Kind(
                name: "copies", label: "copies", counts: summary.copies,
                names: SimulationSummary.copyNames),
        ]
    }

    /// - Parameter namesMissing: Whether to name what never came about.
    func add(to lines: inout LabelledLines, namesMissing: Bool) {
        for kind in kinds {
            let present = kind.names.filter { kind.counts[$0] > 0 }
            let counts = present.map { "\($0) \(kind.counts[$0])" }.joined(separator: ", ")
            lines.add(kind.label, counts.isEmpty ? "none" : counts)
        }
        lines.add("engines", "\(summary.engines) started")
        lines.add("time", "\(Format.duration(ms: Double(summary.virtualMs))) of virtual time")
        guard namesMissing else { return }
        let missing = kinds.compactMap { kind -> String? in
            let names = kind.names.filter { kind.counts[$0] == 0 }
            return names.isEmpty ? nil : "\(kind.name): \(names.joined(separator: ", "))"
        }
        lines.add(
            "never", missing.isEmpty ? "nothing: all of these came about" : missing.joined(separator: "; "))
    }

    /// Members of an object.
    func write(to writer: inout JSONWriter) {
        for kind in kinds {
            writer.key(kind.name)
            writer.braces { writer in
                for name in kind.names {
                    writer.key(name)
                    writer.raw("\(kind.counts[name])")
                }
            }
        }
        writer.key("engines")
        writer.raw("\(summary.engines)")
        writer.key("virtual_ms")
        writer.raw("\(summary.virtualMs)")
    }
}
