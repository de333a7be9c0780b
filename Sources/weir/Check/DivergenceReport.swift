import Pool
import Projections

/// What is said of the first event that is not as it is decided now.
struct DivergenceReport {
    private let divergence: DecisionDivergence

    init(_ divergence: DecisionDivergence) { self.divergence = divergence }

    /// What differs between the recorded event and the one that is decided; none where one of them is not there.
    private var fields: [FieldDifference] {
        guard case .otherwise(let recorded, let decided) = divergence else { return [] }
        return FieldDifference.between(fields(of: recorded), fields(of: decided))
    }

    private func fields(of event: Event) -> [Field] {
        [Field("at", .time(event.at)), Field("cause", .number(event.cause))]
            + FieldList(of: event.payload).fields
    }

    /// The event that is recorded, and the one that is decided.
    private var events: (recorded: Event?, decided: Event?) {
        switch divergence {
        case .otherwise(let recorded, let decided): (recorded, decided)
        case .missing(let decided): (nil, decided)
        case .surplus(let recorded), .refused(let recorded, _), .noObservation(let recorded): (recorded, nil)
        case .impossible: (nil, nil)
        }
    }

    var text: String { (["\(divergence)"] + details).joined(separator: "\n") }

    /// The recorded event, the decided one, and what differs between them.
    var details: [String] {
        var lines: [String] = []
        if let recorded = events.recorded { lines.append("  recorded \(EventLine.text(recorded))") }
        if let decided = events.decided { lines.append("  decided  \(EventLine.text(decided))") }
        if !fields.isEmpty {
            lines.append("fields that differ, recorded → decided")
            lines += DifferenceReport.lines(fields)
        }
        return lines
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("sequence")
            writer.raw("\(divergence.sequence)")
            writer.key("problem")
            writer.quoted("\(divergence)")
            for (key, event) in [("recorded", events.recorded), ("decided", events.decided)] {
                writer.key(key)
                writer.raw(event.map(EventLine.json) ?? "null")
            }
            writer.array("fields", DifferenceReport.json(fields))
        }
        return writer.string
    }
}
