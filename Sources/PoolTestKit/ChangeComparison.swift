import Pool
import Projections

/// What a step changed in the state beside what a test names.
struct ChangeComparison {
    /// What is wrong, a line each.
    private(set) var faults: [String] = []

    init(from old: PoolState, to new: PoolState, with named: [StateChange]) {
        var open = named
        for entity in StateDifference(from: old, to: new).entities {
            let isNamed = StateChange(entity).map { Self.take($0, from: &open) } ?? false
            var unnamed: [FieldDifference] = []
            for field in entity.fields {
                let change = StateChange(field, of: entity.key)
                if Self.take(change, from: &open) { continue }
                if let other = open.firstIndex(where: { $0.path == change.path && $0.isOfField }) {
                    faults.append("\(change), where the test says \(open.remove(at: other).values)")
                } else {
                    unnamed.append(field)
                }
            }
            if !isNamed { tell(unnamed, of: entity) }
        }
        faults += open.map { "this does not come about: \($0)" }
    }

    /// Whether a change is among those named, each of which counts once.
    private static func take(_ change: StateChange, from named: inout [StateChange]) -> Bool {
        guard let place = named.firstIndex(of: change) else { return false }
        named.remove(at: place)
        return true
    }

    private mutating func tell(_ fields: [FieldDifference], of entity: EntityDifference) {
        let isWhole = fields.count == entity.fields.count
        guard isWhole, let change = StateChange(entity) else {
            faults += fields.map { "this is not named: \(StateChange($0, of: entity.key))" }
            return
        }
        let values = fields.map { "\($0.path)=\(entity.change == .added ? $0.new : $0.old)" }
        faults.append("this is not named: \(change), " + values.joined(separator: " "))
    }
}
