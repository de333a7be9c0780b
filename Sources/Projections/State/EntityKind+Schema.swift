import Pool

extension EntityKind {
    /// The states that an entity of the pool can be in, in the words that people see; none for kinds without. What has
    /// ended is in the pool no more.
    public var states: [String] {
        switch self {
        case .task: TaskStatus.allCases.filter { !$0.isTerminal }.map(\.rawValue)
        case .browser: BrowserStatus.allCases.filter { $0 != .retired }.map(\.rawValue)
        case .pool, .allocation, .recovery, .obligation: []
        }
    }

    /// The states in which an entity has left the pool.
    public var endStates: [String] {
        switch self {
        case .task: TaskStatus.allCases.filter(\.isTerminal).map(\.rawValue)
        case .browser: [BrowserStatus.retired.rawValue]
        case .pool, .allocation, .recovery, .obligation: []
        }
    }

    /// The type of the field at a path of an entity of this kind; nil when there is no such field.
    public func type(of path: String) -> FieldType? {
        if path == "state", !states.isEmpty { return .choice(states) }
        if self == .pool, let timer = path.split(separator: ".", omittingEmptySubsequences: false).timerKind {
            return TimerKind.names.contains(timer) ? .time : nil
        }
        return isTable(path) ? nil : schema[path]
    }

    /// The paths of all fields of an entity of this kind, in alphabetical order.
    public var paths: [String] {
        let named = states.isEmpty ? [] : ["state"]
        return (schema.types.keys.filter { !isTable($0) } + named).sorted()
    }

    /// Whether a field of the pool's message belongs to an entity, which has a name of its own.
    private func isTable(_ path: String) -> Bool {
        self == .pool && PoolState.tables.contains { path.hasPrefix($0 + "[") }
    }

    private var schema: FieldSchema {
        switch self {
        case .pool: FieldSchema(of: PoolState())
        case .task: FieldSchema(of: TaskState())
        case .browser: FieldSchema(of: BrowserState())
        case .allocation: FieldSchema(of: AllocationState())
        case .recovery: FieldSchema(of: RecoveryState())
        case .obligation: FieldSchema(of: ObligationState())
        }
    }
}

extension [Substring] {
    /// The kind of the timer that a path of three parts names: `timers.lease.24`.
    fileprivate var timerKind: String? {
        count == 3 && self[0] == "timers" && UInt64(self[2]) != nil ? String(self[1]) : nil
    }
}
