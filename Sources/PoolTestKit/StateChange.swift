import Projections

/// Something that a step changes in a pool's state, as a test names it.
///
/// A path is an entity, `task:12`, or a field of it, `task:12.items_done`; what belongs to no entity is a field of
/// `pool`, such as `pool.queue` or `pool.timers.lease.24`. `weir state --fields` lists them.
public struct StateChange: Hashable, Sendable {
    private enum Kind: Hashable, Sendable {
        case field(from: StateValue, to: StateValue)
        case added
        case removed
    }

    /// The entity or the field.
    public let path: String
    private let kind: Kind

    /// A field has another value than before. Each field of an entity that comes or goes can be named as well, with
    /// `.none` on the other side.
    public static func changed(_ path: String, from old: StateValue, to new: StateValue) -> StateChange {
        StateChange(path: path, kind: .field(from: old, to: new))
    }

    /// An entity comes, with whatever its fields are.
    public static func added(_ entity: String) -> StateChange { StateChange(path: entity, kind: .added) }

    /// An entity goes, with all of its fields.
    public static func removed(_ entity: String) -> StateChange { StateChange(path: entity, kind: .removed) }

    private init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// The change of a field.
    init(_ field: FieldDifference, of entity: EntityKey) {
        self = .changed("\(entity).\(field.path)", from: StateValue(field.old), to: StateValue(field.new))
    }

    /// That an entity comes or goes; nil when it does neither.
    init?(_ entity: EntityDifference) {
        switch entity.change {
        case .added: self = .added("\(entity.key)")
        case .removed: self = .removed("\(entity.key)")
        case .changed: return nil
        }
    }

    var isOfField: Bool { if case .field = kind { true } else { false } }

    /// What it says of its path.
    var values: String {
        switch kind {
        case .field(let old, let new): "\(old) → \(new)"
        case .added: "added"
        case .removed: "removed"
        }
    }
}

extension StateChange: CustomStringConvertible {
    public var description: String { "\(path) \(values)" }
}
