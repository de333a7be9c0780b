import Pool
import Projections

/// The decisions of a step beside those that a test names.
struct DecisionComparison {
    /// What is wrong, a line each.
    private(set) var faults: [String] = []

    init(of events: [Event], with named: [EventPayload]) {
        let taken = events.dropFirst().map(\.payload)
        var unnamed: [(place: Int, decision: EventPayload)] = []
        var missing: [(place: Int, decision: EventPayload)] = []
        for change in taken.difference(from: named) {
            switch change {
            case .insert(let place, let decision, _): unnamed.append((place, decision))
            case .remove(let place, let decision, _): missing.append((place, decision))
            }
        }
        for (place, decision) in unnamed {
            let twin = missing.firstIndex { $0.decision.name.description == decision.name.description }
            if let twin {
                let other = missing.remove(at: twin).decision
                faults.append("decision \(place + 1), \(decision.name), has " + difference(other, decision))
            } else {
                faults.append("decision \(place + 1) is not named: \(decision.name) " + fields(decision))
            }
        }
        for (place, decision) in missing {
            faults.append(
                "decision \(place + 1) of the test is not taken: \(decision.name) " + fields(decision))
        }
    }

    /// What the fields of two decisions of a type differ in, or that they only stand elsewhere.
    private func difference(_ named: EventPayload, _ taken: EventPayload) -> String {
        let differences = FieldDifference.between(
            FieldList(of: named).fields, FieldList(of: taken).fields)
        if differences.isEmpty { return "another place than in the test" }
        return differences.map { "\($0.path) \($0.new), not \($0.old)" }.joined(separator: "; ")
    }

    private func fields(_ decision: EventPayload) -> String {
        FieldList(of: decision).fields.filter { !$0.value.isEmpty }.map { "\($0.path)=\($0.value)" }
            .joined(separator: " ")
    }
}
