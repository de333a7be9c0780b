import Pool

/// The name of a value in a pool's state.
public enum StatePath: Hashable, Sendable {
    /// How many entities of a kind there are, or of these in a state: `tasks`, `tasks.running`.
    case count(EntityKind, state: String?)
    /// Whether something is there: `task:12`.
    case entity(EntityKey)
    /// A field of something: `task:12.items_done`.
    case field(EntityKey, String)
}

extension StatePath: CustomStringConvertible {
    public var description: String {
        switch self {
        case .count(let kind, nil): kind.plural
        case .count(let kind, let state?): "\(kind.plural).\(state)"
        case .entity(let key): key.description
        case .field(let key, let path): "\(key).\(path)"
        }
    }
}

extension EntityKind {
    /// The name of how many there are.
    var plural: String {
        switch self {
        case .pool: "pools"
        case .task: "tasks"
        case .browser: "browsers"
        case .allocation: "allocations"
        case .recovery: "recoveries"
        case .obligation: "obligations"
        }
    }
}

extension PoolState {
    /// The value at a path: a number for a count, a truth for an entity. A field of something that is not there has
    /// none.
    public func value(of path: StatePath) -> FieldValue {
        switch path {
        case .count(let kind, nil): .number(UInt64(ids(of: kind).count))
        case .count(let kind, let state?): .number(UInt64(count(of: kind, in: state)))
        case .entity(let key): .truth(contains(key))
        case .field(let key, let path): entity(key)?[path] ?? .none
        }
    }

    private func contains(_ key: EntityKey) -> Bool {
        switch key.kind {
        case .pool: true
        case .task: tasks.contains(TaskID(key.id))
        case .browser: browsers.contains(BrowserID(key.id))
        case .allocation: allocations.contains(AllocationID(key.id))
        case .recovery: recoveries.contains(RecoveryID(key.id))
        case .obligation: obligations.contains(ObligationID(key.id))
        }
    }

    private func count(of kind: EntityKind, in state: String) -> Int {
        switch kind {
        case .task: tasks.entities.count { TaskStatus(of: $0).rawValue == state }
        case .browser: browsers.entities.count { BrowserStatus(of: $0).rawValue == state }
        case .pool, .allocation, .recovery, .obligation: 0
        }
    }
}
