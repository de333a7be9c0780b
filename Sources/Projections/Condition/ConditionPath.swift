import Pool

/// A path of a condition that is known to name something, with its type.
struct ConditionPath {
    let path: StatePath
    let type: FieldType

    /// - Throws: `ConditionError` when a name is no path of a state.
    init(_ name: String, at column: Int, in text: String) throws(ConditionError) {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let (head, field) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
        func wrong(_ problem: String, behindHead: Bool = false) -> ConditionError {
            ConditionError(
                text: text, column: column + (behindHead ? head.count + 1 : 0), problem: problem)
        }
        if let kind = EntityKind.allCases.first(where: { $0 != .pool && $0.plural == head }) {
            guard let field else {
                self.init(path: .count(kind, state: nil), type: .number)
                return
            }
            guard kind.states.contains(field) else {
                throw wrong(Self.problem(withState: field, of: kind, left: head), behindHead: true)
            }
            self.init(path: .count(kind, state: field), type: .number)
            return
        }
        guard let key = EntityKey(head) else { throw wrong(Self.problem(withHead: head)) }
        guard let field else {
            guard key != .pool else {
                throw wrong("the pool is always there; name a field of it, such as pool.is_stopping")
            }
            self.init(path: .entity(key), type: .truth)
            return
        }
        guard let type = key.kind.type(of: field) else {
            throw wrong(
                "a \(key.kind.rawValue) has no field \"\(field)\"; it has "
                    + Self.listed(key.kind.paths, near: field),
                behindHead: true)
        }
        self.init(path: .field(key, field), type: type)
    }

    private init(path: StatePath, type: FieldType) {
        self.path = path
        self.type = type
    }

    /// Whether it can be compared by size.
    var isOrdered: Bool { type == .number || type == .time || type == .list }

    /// A comparison with it that would be right.
    var example: String {
        switch type {
        case .number, .list: "\(path) > 0"
        case .time: "\(path) > 1700000000000000000"
        case .truth: "\(path) == true"
        case .text: "\(path) == \"text\""
        case .choice(let names): "\(path) == \(names.first ?? "none")"
        }
    }

    /// Why it is never that name.
    func problem(withName name: String) -> String {
        guard case .choice(let names) = type else { return "\(path) has no names" }
        if case .field(let key, "state") = path, key.kind.endStates.contains(name) {
            return "what is \(name) has left the pool's state; ask for !\(key)"
        }
        return "\(path) is never \"\(name)\"; it is one of \(names.joined(separator: ", ")), or none"
    }

    private static func problem(withState state: String, of kind: EntityKind, left: String) -> String {
        if kind.states.isEmpty { return "\(left) are counted as a whole; write \(left) alone" }
        if kind.endStates.contains(state) {
            return "what is \(state) has left the pool's state, which therefore counts none; it counts "
                + kind.states.joined(separator: ", ")
        }
        return "no \(kind.rawValue) is ever \"\(state)\"; they are \(kind.states.joined(separator: ", "))"
    }

    private static func problem(withHead head: String) -> String {
        let counts = EntityKind.allCases.filter { $0 != .pool }.map(\.plural).joined(separator: ", ")
        return "\"\(head)\" names nothing; there are the counts \(counts), entities such as task:12 and "
            + "browser:5, and pool"
    }

    /// Most fields of a kind, those first that resemble what was written.
    private static func listed(_ paths: [String], near wanted: String) -> String {
        let near = paths.filter { $0.contains(wanted) || wanted.contains($0) }
        let shown = near.isEmpty ? paths.filter { !$0.contains(".") } : near
        return shown.joined(separator: ", ")
            + (shown.count < paths.count ? " (weir state --fields shows all)" : "")
    }
}
