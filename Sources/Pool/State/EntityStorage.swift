/// Places for entities, some of them vacant. What is at a place stays there until it is taken out.
///
/// Entities are large, and an array's `get` copies one to read a field of it; here they are read and changed where they
/// are. Only an owner that is the only one may change anything.
///
/// `@unchecked Sendable`: it is changed only while one table alone has it.
final class EntityStorage<Entity: TableEntity>: @unchecked Sendable {
    /// How many places there are, a power of two.
    let capacity: Int
    private let entities: UnsafeMutablePointer<Entity>
    private let isTaken: UnsafeMutablePointer<Bool>
    /// By a hash of the ids, where the last entity of each hash was put: mostly that of the id which is looked for.
    private let hints: UnsafeMutablePointer<UInt32>
    private let hintShift: UInt64

    /// Hints for each place.
    private static var hintsPerPlace: Int { 8 }

    init(capacity: Int) {
        precondition(capacity.nonzeroBitCount == 1, "\(capacity) places")
        self.capacity = capacity
        entities = .allocate(capacity: capacity)
        isTaken = .allocate(capacity: capacity)
        isTaken.initialize(repeating: false, count: capacity)
        let hintCount = capacity * Self.hintsPerPlace
        hints = .allocate(capacity: hintCount)
        hints.initialize(repeating: 0, count: hintCount)
        hintShift = UInt64(64 - hintCount.trailingZeroBitCount)
    }

    deinit {
        for place in 0..<capacity where isTaken[place] { (entities + place).deinitialize(count: 1) }
        entities.deallocate()
        isTaken.deallocate()
        hints.deallocate()
    }

    /// Where the entity of an id is; nil if it is not there, or must be looked for.
    @inline(__always)
    func hintedPlace(of id: UInt64) -> Int? {
        let place = Int(hints[hash(id)])
        return isTaken[place] && entities[place].id.sequence == id ? place : nil
    }

    /// Ids ascend, often in equal steps, which a product with the golden ratio's fraction spreads.
    @inline(__always)
    private func hash(_ id: UInt64) -> Int { Int((id &* 0x9e37_79b9_7f4a_7c15) &>> hintShift) }

    /// The entity at a place that is taken, good for as long as the storage is there and the place is not vacated.
    @inline(__always)
    func entity(at place: Int) -> UnsafeMutablePointer<Entity> {
        assert(place >= 0 && place < capacity && isTaken[place], "no entity at place \(place)")
        return entities + place
    }

    /// Puts an entity at a vacant place.
    @inline(__always)
    func put(_ entity: consuming Entity, at place: Int) {
        precondition(place < capacity && !isTaken[place], "place \(place) is taken")
        hints[hash(entity.id.sequence)] = UInt32(truncatingIfNeeded: place)
        (entities + place).initialize(to: consume entity)
        isTaken[place] = true
    }

    /// Vacates a place that is taken.
    @inline(__always)
    func take(at place: Int) -> Entity {
        let entity = entity(at: place).move()
        isTaken[place] = false
        return entity
    }

    /// Vacates a place that is taken.
    @inline(__always)
    func discard(at place: Int) {
        entity(at: place).deinitialize(count: 1)
        isTaken[place] = false
    }

    /// Places of the same entities and as many vacant ones that others follow.
    func copy(capacity: Int) -> EntityStorage {
        let copy = EntityStorage(capacity: capacity)
        for place in 0..<min(capacity, self.capacity) where isTaken[place] {
            copy.put(entities[place], at: place)
        }
        return copy
    }

    /// Moves all entities of another storage, which is no larger, to the same places of this one, which must be vacant.
    func moveAll(from other: EntityStorage) {
        for place in 0..<other.capacity where other.isTaken[place] {
            put(other.take(at: place), at: place)
        }
    }
}
