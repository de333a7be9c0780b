import Pool
import Projections

/// What `weir explain` says of one event.
struct ExplainReport {
    let explanation: Explanation
    let step: [ToldEvent]
    let causes: [ToldEvent]
    /// The event that configured the policy in force, if the log holds it.
    let policy: UInt64?
    /// The first cause that is in an archive.
    let archivedCause: UInt64?

    private var event: Event { explanation.event }
    private var kind: String { event.isObservation ? "observation" : "decision" }
    private var decisions: [ToldEvent] { step.filter { !$0.event.isObservation } }

    private static func title(_ source: Explanation.Source, policy: UInt64?) -> String {
        switch source {
        case .event: "recorded in the event"
        case .policy: "policy in force" + (policy.map { ", of event \($0)" } ?? "")
        case .pool: "the pool just before"
        }
    }

    var text: String {
        var lines = LabelledLines()
        lines.add("event", "\(event.sequence), \(event.payload.name), \(kind)")
        lines.add("at", Format.time(event.at))
        lines.add("says", explanation.sentence)
        if let observation = step.first, let last = step.last {
            let range =
                step.count == 1
                ? "event \(observation.event.sequence) alone"
                : "events \(observation.event.sequence) to \(last.event.sequence)"
            let taken = event.isObservation ? "" : ", taken on: \(observation.sentence)"
            lines.add("step", range + taken)
        }
        for source in Explanation.Source.allCases where !explanation[source].isEmpty {
            lines.add(line: Self.title(source, policy: policy))
            for line in FieldLines.of(explanation[source]) { lines.add(line: line) }
        }
        addCauses(to: &lines)
        if event.isObservation {
            lines.add(line: decisions.isEmpty ? "nothing was decided on it" : "decided on it")
            for line in decisions.flatMap(\.lines) { lines.add(line: line) }
        }
        return lines.text
    }

    private func addCauses(to lines: inout LabelledLines) {
        if event.cause == 0 {
            lines.add(line: "no cause: it comes from outside")
            return
        }
        lines.add(line: "causes, back to what came from outside")
        for line in causes.flatMap(\.lines) { lines.add(line: line) }
        if let archivedCause {
            for line in ToldEvent.lines("\(archivedCause)", "is in an archive") { lines.add(line: line) }
        }
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("event")
            writer.raw(EventLine.json(event))
            writer.key("kind")
            writer.quoted(kind)
            writer.key("sentence")
            writer.quoted(explanation.sentence)
            writer.array("step", step.map(\.json))
            writer.key("policy_event")
            writer.raw(policy.map(String.init) ?? "null")
            writer.key("terms")
            writer.braces { writer in
                for source in Explanation.Source.allCases {
                    writer.key(source.rawValue)
                    writer.fields(explanation[source])
                }
            }
            writer.array("causes", causes.map(\.json))
            writer.key("archived_cause")
            writer.raw(archivedCause.map(String.init) ?? "null")
            writer.array("decisions", event.isObservation ? decisions.map(\.json) : [])
        }
        return writer.string
    }
}
