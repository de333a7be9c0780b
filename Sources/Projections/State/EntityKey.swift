import Pool

/// The kinds of things that a pool's state holds.
public enum EntityKind: String, Sendable, CaseIterable {
    /// The pool itself: what belongs to no entity.
    case pool
    case task
    case browser
    case allocation
    case recovery
    case obligation
}

/// The name of one thing in a pool's state, such as `task:12`; the pool itself is `pool`.
public struct EntityKey: Hashable, Sendable, CustomStringConvertible {
    public let kind: EntityKind
    /// Its id; 0 for the pool.
    public let id: UInt64

    public init(_ kind: EntityKind, _ id: UInt64) {
        self.kind = kind
        self.id = id
    }

    /// The entity that a text names, such as `task:12`; nil when it names none.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let kind = EntityKind(rawValue: String(parts[0])) else { return nil }
        if kind == .pool, parts.count == 1 {
            self = .pool
        } else if kind != .pool, parts.count == 2, let id = UInt64(parts[1]), id > 0 {
            self.init(kind, id)
        } else {
            return nil
        }
    }

    public static let pool = EntityKey(.pool, 0)

    public var description: String { kind == .pool ? kind.rawValue : "\(kind.rawValue):\(id)" }
}
