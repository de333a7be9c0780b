import Pool

/// What differs between two states of a pool, entity by entity and field by field.
///
/// Where the states stand in their logs (`position` and the time of the last event) is no difference: an event that
/// changes nothing leaves equal states.
public struct StateDifference: Equatable, Sendable {
    /// What differs, by kind and id; none when the states are equal.
    public let entities: [EntityDifference]

    public init(from old: PoolState, to new: PoolState) {
        entities = EntityKind.allCases.flatMap { kind in
            Set(old.ids(of: kind)).union(new.ids(of: kind)).sorted().compactMap { id in
                EntityDifference(EntityKey(kind, id), from: old, to: new)
            }
        }
    }
}

/// What differs in one entity.
public struct EntityDifference: Equatable, Sendable {
    /// What became of it.
    public enum Change: String, Sendable {
        case added
        case removed
        case changed
    }

    public let key: EntityKey
    public let change: Change
    /// Fields that differ. One that was added or removed differs in each field that says something.
    public let fields: [FieldDifference]

    /// Fields that say where a state stands in its log.
    private static let places: Set<String> = ["position", "last_event_at_ns"]

    init?(_ key: EntityKey, from old: PoolState, to new: PoolState) {
        let (before, after) = (old.entity(key), new.entity(key))
        let differences = FieldDifference.between(before?.fields ?? [], after?.fields ?? []).filter {
            key.kind != .pool || !Self.places.contains($0.path)
        }
        guard !differences.isEmpty else { return nil }
        self.key = key
        if before != nil, after != nil {
            change = .changed
            fields = differences
        } else {
            change = before == nil ? .added : .removed
            fields = differences.filter { !$0.old.isEmpty || !$0.new.isEmpty }
        }
    }
}
