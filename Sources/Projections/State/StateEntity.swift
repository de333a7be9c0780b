import Pool

/// One thing of a pool's state with its fields. Whatever shows, compares or asks for parts of the state takes them from
/// here.
public struct StateEntity: Equatable, Sendable {
    public let key: EntityKey
    /// In the order of the schema. Tasks and browsers begin with `state`: where they stand, in the words that people
    /// see.
    public let fields: [Field]

    /// The value at a path; nil when there is no such field.
    public subscript(path: String) -> FieldValue? { fields.first { $0.path == path }?.value }
}

extension PoolState {
    /// Everything that the state holds: the pool itself, then entities by kind and id.
    public var entities: [StateEntity] {
        EntityKind.allCases.flatMap { kind in
            ids(of: kind).compactMap { entity(EntityKey(kind, $0)) }
        }
    }

    /// The ids of the entities of a kind, ascending.
    func ids(of kind: EntityKind) -> [UInt64] {
        switch kind {
        case .pool: [EntityKey.pool.id]
        case .task: tasks.ids.map(\.sequence)
        case .browser: browsers.ids.map(\.sequence)
        case .allocation: allocations.ids.map(\.sequence)
        case .recovery: recoveries.ids.map(\.sequence)
        case .obligation: obligations.ids.map(\.sequence)
        }
    }

    /// One thing of the state; nil when it is not there.
    public func entity(_ key: EntityKey) -> StateEntity? {
        let fields: [Field]? =
            switch key.kind {
            case .pool: poolFields
            case .task:
                tasks.find(TaskID(key.id)).map {
                    [Field("state", .name(TaskStatus(of: $0).rawValue))] + FieldList(of: $0).fields
                }
            case .browser:
                browsers.find(BrowserID(key.id)).map {
                    [Field("state", .name(BrowserStatus(of: $0).rawValue))] + FieldList(of: $0).fields
                }
            case .allocation: allocations.find(AllocationID(key.id)).map { FieldList(of: $0).fields }
            case .recovery: recoveries.find(RecoveryID(key.id)).map { FieldList(of: $0).fields }
            case .obligation: obligations.find(ObligationID(key.id)).map { FieldList(of: $0).fields }
            }
        return fields.map { StateEntity(key: key, fields: $0) }
    }

    /// Lists of the state's message that hold entities or timers, which have names of their own.
    static let tables: Set<String> = [
        "tasks", "browsers", "allocations", "recoveries", "obligations", "timers",
    ]

    /// What belongs to no entity. A timer is named by its kind and its subject, so that it is the same timer when it is
    /// set anew.
    private var poolFields: [Field] {
        FieldList(of: self, leavingOut: Self.tables).fields
            + timers.timers.map { Field("timers.\($0.kind.name).\($0.subject)", .time($0.dueAt)) }
    }
}
