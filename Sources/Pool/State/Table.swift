/// Entities by id, in ascending order of their ids.
///
/// Ids are sequence numbers, so new entities nearly always go to the end; iteration order is the order of the ids and
/// therefore the same on every machine (a dictionary's is not). Entities are large, so they stay where they stand, and
/// only an index of their ids is kept in order: to remove one of many costs no more than to remove one of few.
public struct Table<Entity: TableEntity>: Sendable {
    public typealias ID = Entity.ID

    private struct IndexEntry {
        var id: UInt64
        /// Where the entity stands; `vacant` for one that was removed.
        var place: Int
    }

    private static var vacant: Int { -1 }
    /// An entry this near to the end of the index is removed at once; others stay until a third of them are vacant.
    private static var movedAtOnce: Int { 64 }
    /// Entries among which a place is found by counting.
    private static var countedAtOnce: Int { 16 }

    /// In ascending order of the ids.
    private var index: [IndexEntry] = []
    /// The entities where they found room; nil before the first.
    private var storage: EntityStorage<Entity>?
    /// Vacant places between them.
    private var free: [Int] = []
    /// How many places have been taken, and may have been vacated again.
    private var placesUsed = 0

    public init() {}

    /// How many there are.
    public var count: Int { placesUsed - free.count }
    /// Whether there is none.
    public var isEmpty: Bool { count == 0 }
    /// All of them, in ascending order of their ids.
    public var entities: Entities { Entities(table: self) }
    /// Their ids, ascending.
    public var ids: [ID] { index.compactMap { $0.place == Self.vacant ? nil : ID($0.id) } }

    /// Whether the ids ascend, as everything here relies on.
    var isOrdered: Bool {
        zip(index, index.dropFirst()).allSatisfy { $0.id < $1.id }
    }

    @inline(__always)
    private func lowerBound(_ id: UInt64) -> Int {
        index.withUnsafeBufferPointer { Self.lowerBound(id, in: $0) }
    }

    @inline(__always)
    private static func lowerBound(_ id: UInt64, in index: UnsafeBufferPointer<IndexEntry>) -> Int {
        var low = 0
        var high = index.count
        while high &- low > countedAtOnce {
            let middle = (low &+ high) &>> 1
            if index[middle].id < id { low = middle &+ 1 } else { high = middle }
        }
        // To count the lesser ones among few takes no branch that depends on them, and none of those could be foreseen.
        var first = low
        while low < high {
            first &+= index[low].id < id ? 1 : 0
            low &+= 1
        }
        return first
    }

    /// Where the entity with this id stands, until it is removed; nil if it is not there.
    @inline(__always)
    func placeIfPresent(of id: ID) -> Int? {
        if let place = storage?.hintedPlace(of: id.sequence) { return place }
        return indexedPlace(of: id)
    }

    @inline(never)
    private func indexedPlace(of id: ID) -> Int? {
        index.withUnsafeBufferPointer { index in
            let entry = Self.lowerBound(id.sequence, in: index)
            guard entry < index.count, index[entry].id == id.sequence, index[entry].place != Self.vacant
            else {
                return nil
            }
            return index[entry].place
        }
    }

    /// Where the entity with this id, which must be there, stands until it is removed.
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
        return self[at: place]
    }

    /// The entity with this id, which must be there.
    public subscript(id: ID) -> Entity {
        unsafeAddress { UnsafePointer(entity(at: place(of: id))) }
        unsafeMutableAddress { changeableEntity(at: place(of: id)) }
    }

    /// The entity at a place, which must be one.
    subscript(at place: Int) -> Entity {
        @inline(__always) unsafeAddress { UnsafePointer(entity(at: place)) }
        @inline(__always) unsafeMutableAddress { changeableEntity(at: place) }
    }

    /// What is there for as long as the table is not changed otherwise.
    @inline(__always)
    private func entity(at place: Int) -> UnsafeMutablePointer<Entity> {
        guard let storage else { preconditionFailure("the table is empty") }
        return storage.entity(at: place)
    }

    @inline(__always)
    private mutating func changeableEntity(at place: Int) -> UnsafeMutablePointer<Entity> {
        changeableStorage().entity(at: place)
    }

    /// The storage as the table's own, that no copy of it shares.
    @inline(__always)
    private mutating func changeableStorage() -> EntityStorage<Entity> {
        if !isKnownUniquelyReferenced(&storage) { copyStorage() }
        guard let storage else { preconditionFailure("the table is empty") }
        return storage
    }

    @inline(never)
    private mutating func copyStorage() {
        guard let shared = storage else { return }
        storage = shared.copy(capacity: shared.capacity)
    }

    /// A vacant place of the table's own storage.
    @inline(__always)
    private mutating func vacantPlace() -> Int {
        let place: Int
        if let found = free.popLast() {
            place = found
        } else {
            place = placesUsed
            placesUsed += 1
        }
        if place == storage?.capacity ?? 0 { enlarge() }
        return place
    }

    @inline(never)
    private mutating func enlarge() {
        let capacity = storage?.capacity ?? 0
        let isOwn = isKnownUniquelyReferenced(&storage)
        guard let smaller = storage else {
            storage = EntityStorage(capacity: 4)
            return
        }
        if isOwn {
            storage = EntityStorage(capacity: capacity * 2)
            storage?.moveAll(from: smaller)
        } else {
            storage = smaller.copy(capacity: capacity * 2)
        }
    }

    mutating func insert(_ entity: consuming Entity) {
        let id = entity.id.sequence
        let isLast = index.last.map { $0.id < id } ?? true
        let entry = isLast ? index.count : lowerBound(id)
        let isVacant = !isLast && index[entry].id == id
        precondition(!isVacant || index[entry].place == Self.vacant, "entity \(id) exists")
        let place = vacantPlace()
        changeableStorage().put(consume entity, at: place)
        if isLast {
            index.append(IndexEntry(id: id, place: place))
        } else if isVacant {
            index[entry].place = place
        } else {
            index.insert(IndexEntry(id: id, place: place), at: entry)
        }
    }

    /// Removes an entity, which must be there, and gives it.
    mutating func remove(_ id: ID) -> Entity {
        let place = vacate(id)
        return changeableStorage().take(at: place)
    }

    /// Removes an entity, which must be there and is not looked at any more.
    mutating func discard(_ id: ID) {
        let place = vacate(id)
        changeableStorage().discard(at: place)
    }

    /// Takes an entity out of the index, and gives the place where it stands.
    private mutating func vacate(_ id: ID) -> Int {
        let entry = lowerBound(id.sequence)
        guard entry < index.count, index[entry].id == id.sequence, index[entry].place != Self.vacant else {
            preconditionFailure("no entity \(id) in the table")
        }
        let place = index[entry].place
        free.append(place)
        if index.count - entry <= Self.movedAtOnce {
            index.removeByMoving(at: entry)
        } else {
            index[entry].place = Self.vacant
            if index.count > count + count / 2 + Self.movedAtOnce {
                index.removeAll { $0.place == Self.vacant }
            }
        }
        return place
    }

    mutating func removeAll() { self = Table() }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V, _ number: Int, _ name: StaticString) {
        var all = Array(entities)
        visitor.messages(number, name, &all)
        if !V.isReadOnly { self = Table(all) }
    }

    /// The table of these entities, in whichever order they are.
    private init(_ entities: [Entity]) {
        for entity in entities {
            let place = vacantPlace()
            index.append(IndexEntry(id: entity.id.sequence, place: place))
            changeableStorage().put(entity, at: place)
        }
    }
}

extension Table {
    /// The entities of a table, in ascending order of their ids.
    public struct Entities: Collection, Sendable {
        public struct Index: Comparable, Sendable {
            fileprivate let entry: Int
            public static func < (left: Index, right: Index) -> Bool { left.entry < right.entry }
        }

        fileprivate let table: Table

        public var count: Int { table.count }
        public var startIndex: Index { next(from: 0) }
        public var endIndex: Index { Index(entry: table.index.count) }
        public func index(after index: Index) -> Index { next(from: index.entry + 1) }
        public subscript(index: Index) -> Entity {
            unsafeAddress { UnsafePointer(table.entity(at: table.index[index.entry].place)) }
        }

        private func next(from first: Int) -> Index {
            var entry = first
            while entry < table.index.count, table.index[entry].place == Table.vacant { entry += 1 }
            return Index(entry: entry)
        }
    }
}

// Questions that are asked at every step. They hand out where an entity stands, so that a look at a field makes no copy of
// the entity, as to go through `entities` does; what is handed out must not leave the closure.
extension Table {
    @inline(__always)
    func inspect(_ body: (UnsafePointer<Entity>) -> Void) {
        guard let storage else { return }
        for entry in index where entry.place != Self.vacant {
            body(UnsafePointer(storage.entity(at: entry.place)))
        }
    }

    @inline(__always)
    func contains(where isSought: (UnsafePointer<Entity>) -> Bool) -> Bool {
        guard let storage else { return false }
        for entry in index where entry.place != Self.vacant {
            if isSought(UnsafePointer(storage.entity(at: entry.place))) { return true }
        }
        return false
    }

    @inline(__always)
    func allSatisfy(_ isSo: (UnsafePointer<Entity>) -> Bool) -> Bool { !contains { !isSo($0) } }

    @inline(__always)
    func count(where isCounted: (UnsafePointer<Entity>) -> Bool) -> Int {
        var count = 0
        inspect { if isCounted($0) { count += 1 } }
        return count
    }

    /// Copies of those for which this is so. They can be gone through while the table is changed, which would copy all of
    /// the table if its own entities were gone through.
    @inline(__always)
    func filter(_ isMeant: (UnsafePointer<Entity>) -> Bool) -> [Entity] {
        var meant: [Entity] = []
        inspect { if isMeant($0) { meant.append($0.pointee) } }
        return meant
    }
}

extension Table: Equatable {
    public static func == (left: Table, right: Table) -> Bool {
        left.count == right.count && left.entities.elementsEqual(right.entities)
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
extension GroupState: TableEntity {}
