/// Entities by id, in ascending order of their ids.
///
/// Ids are sequence numbers, so new entities nearly always go to the end; iteration order is the order of the ids and
/// therefore the same on every machine (a dictionary's is not).
public struct Table<Entity: TableEntity>: Equatable, Sendable {
    public typealias ID = Entity.ID
    /// All of them, in ascending order of their ids.
    public private(set) var entities: [Entity] = []

    public init() {}

    /// How many there are.
    public var count: Int { entities.count }
    /// Whether there is none.
    public var isEmpty: Bool { entities.isEmpty }
    /// Their ids, ascending.
    public var ids: [ID] { entities.map(\.id) }

    /// Whether the ids ascend, as everything here relies on.
    var isOrdered: Bool {
        zip(entities, entities.dropFirst()).allSatisfy { $0.id < $1.id }
    }

    @inline(__always)
    private func lowerBound(_ id: ID) -> Int {
        entities.withUnsafeBufferPointer { entities in
            var low = 0
            var high = entities.count
            while low < high {
                let middle = (low &+ high) &>> 1
                if entities[middle].id.sequence < id.sequence { low = middle &+ 1 } else { high = middle }
            }
            return low
        }
    }

    /// Where the entity with this id stands among all, until one is inserted or removed; nil if it is not there.
    func placeIfPresent(of id: ID) -> Int? {
        let index = lowerBound(id)
        return index < entities.count && entities[index].id == id ? index : nil
    }

    /// Where the entity with this id, which must be there, stands among all, until one is inserted or removed.
    @inline(__always)
    func place(of id: ID) -> Int {
        guard let place = placeIfPresent(of: id) else { preconditionFailure("no entity \(id) in the table") }
        return place
    }

    /// Whether there is an entity with this id.
    public func contains(_ id: ID) -> Bool { placeIfPresent(of: id) != nil }

    /// The entity with this id, if there is one.
    public func find(_ id: ID?) -> Entity? {
        guard let id, let place = placeIfPresent(of: id) else { return nil }
        return entities[place]
    }

    /// The entity with this id, which must be there.
    public subscript(id: ID) -> Entity {
        _read { yield entities[place(of: id)] }
        _modify { yield &entities[place(of: id)] }
    }

    /// The entity at a place, which must be one.
    subscript(at place: Int) -> Entity {
        _read { yield entities[place] }
        _modify { yield &entities[place] }
    }

    mutating func insert(_ entity: consuming Entity) {
        let id = entity.id
        if entities.isEmpty || entities[entities.count - 1].id < id { return entities.append(entity) }
        let index = lowerBound(id)
        precondition(index == entities.count || entities[index].id != id, "entity \(id) exists")
        entities.insert(entity, at: index)
    }

    @discardableResult
    mutating func remove(_ id: ID) -> Entity {
        entities.remove(at: place(of: id))
    }

    mutating func removeAll() { entities.removeAll() }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V, _ number: Int, _ name: StaticString) {
        visitor.messages(number, name, &entities)
    }
}

/// What a table holds.
public protocol TableEntity: WireMessage, DefaultInitializable {
    associatedtype ID: EntityID
    var id: ID { get }
}

extension TaskState: TableEntity {}
extension BrowserState: TableEntity {}
extension AllocationState: TableEntity {}
extension RecoveryState: TableEntity {}
extension ObligationState: TableEntity {}
