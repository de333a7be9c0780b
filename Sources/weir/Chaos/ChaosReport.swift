import BrowserExecutor
import Pool
import Projections

/// What came of the faults that were injected, for people and for programs.
struct ChaosReport {
    let figures: [InjectionFigures]
    /// Of each fault, how many of the tasks that it struck gave what an undisturbed run gives; nil when that was not
    /// compared.
    var outputs: [InjectedFault: Outputs]?

    /// Tasks whose outputs were compared.
    struct Outputs {
        var tasks = 0
        var equal = 0
    }

    var text: String {
        guard !figures.isEmpty else { return "no fault was injected" }
        var table = TextTable(
            ["FAULT", "N", "SEEN P50", "P99", "RUNNING P50", "P99"] + (outputs == nil ? [] : ["EQUAL"]))
        for figure in figures {
            var row = [figure.fault.name.description, "\(figure.injected)"]
            row += Self.times(figure.detectionNs) + Self.times(figure.resumptionNs)
            if let outputs = outputs?[figure.fault] { row.append("\(outputs.equal) of \(outputs.tasks)") }
            table.add(row, note: Self.note(figure))
        }
        return table.text
    }

    private static func note(_ figure: InjectionFigures) -> String {
        var seen = counted(figure.seen)
        if figure.unseen > 0 { seen.append("nothing \(figure.unseen)×") }
        var parts = [figure.fault.actInWords, "seen: " + seen.joined(separator: ", ")]
        if !figure.healed.isEmpty {
            let after = times(figure.healingNs)[0]
            parts.append("healed by " + counted(figure.healed).joined(separator: ", ") + " after \(after)")
        }
        if figure.moved > 0 { parts.append("work went elsewhere \(figure.moved)×") }
        return parts.joined(separator: "; ")
    }

    private static func counted(_ counts: [String: Int]) -> [String] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)×" }
    }

    private static func times(_ quantiles: Quantiles) -> [String] {
        [50, 99].map { percent in
            quantiles.value(percent: percent).map { Format.duration(ms: Double($0) / 1e6) } ?? "-"
        }
    }

    /// An array with an object for each fault.
    var json: String { "[" + figures.map(object).joined(separator: ",") + "]" }

    private func object(_ figure: InjectionFigures) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("fault")
            writer.quoted(figure.fault.name.description)
            writer.key("done_by")
            writer.quoted(figure.fault.actInWords)
            writer.key("injected")
            writer.raw("\(figure.injected)")
            writer.key("seen")
            Self.add(figure.seen, to: &writer)
            writer.key("unseen")
            writer.raw("\(figure.unseen)")
            writer.key("detection_ms")
            Self.add(figure.detectionNs, to: &writer)
            writer.key("healed_by")
            Self.add(figure.healed, to: &writer)
            writer.key("healing_ms")
            Self.add(figure.healingNs, to: &writer)
            writer.key("moved")
            writer.raw("\(figure.moved)")
            writer.key("resumption_ms")
            Self.add(figure.resumptionNs, to: &writer)
            guard let outputs = outputs?[figure.fault] else { return }
            writer.key("tasks")
            writer.raw("\(outputs.tasks)")
            writer.key("equal_outputs")
            writer.raw("\(outputs.equal)")
        }
        return writer.string
    }

    private static func add(_ counts: [String: Int], to writer: inout JSONWriter) {
        writer.braces { writer in
            for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                writer.raw("\(count)")
            }
        }
    }

    private static func add(_ quantiles: Quantiles, to writer: inout JSONWriter) {
        writer.braces { writer in
            for (name, percent) in [("p50", 50), ("p99", 99), ("max", 100)] {
                writer.key(name)
                writer.raw(quantiles.value(percent: percent).map { "\(Double($0) / 1e6)" } ?? "null")
            }
        }
    }
}
