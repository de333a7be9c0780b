/// Events of records one behind the other, each a head and its message or, where that is not known yet, its record.
///
/// Messages of all types lie in one piece of memory, so that a thread that folds them finds each where it expects it.
struct RecordMemory {
    private var start = UnsafeMutableRawPointer.allocate(byteCount: firstCapacity, alignment: alignment)
    private var capacity = firstCapacity
    private var used = 0
    /// Where the first one begins that has not been removed.
    private var next = 0

    private static var firstCapacity: Int { 256 << 10 }
    /// Of every head and of what follows it.
    private static var alignment: Int { 16 }

    /// What is known of an event before it is folded.
    struct Head {
        var stamp: EventStamp
        /// The number of the message's type; 0 for a record that is kept as it is.
        var number: UInt16
        /// The bytes of what follows.
        var size: UInt32

        init(_ stamp: EventStamp, number: Int, size: Int) {
            self.stamp = stamp
            self.number = UInt16(number)
            self.size = UInt32(size)
        }
    }

    func deallocate() { start.deallocate() }

    /// Whether there is none.
    @inline(__always)
    var isEmpty: Bool { next == used }

    // MARK: Appending

    /// Keeps a record as it is.
    mutating func append(_ sequence: UInt64, _ record: UnsafeRawBufferPointer) {
        let room = UnsafeMutableRawBufferPointer(start: room(for: record.count), count: record.count)
        room.copyMemory(from: record)
        commit(Head(EventStamp(sequence: sequence), number: 0, size: record.count))
    }

    @inline(__always)
    mutating func append<M: FoldedMessage>(_ message: consuming M, _ stamp: EventStamp) {
        room(for: MemoryLayout<M>.size).bindMemory(to: M.self, capacity: 1).initialize(to: message)
        commit(Head(stamp, number: M.number, size: MemoryLayout<M>.size))
    }

    /// Room behind the next head.
    @inline(__always)
    private mutating func room(for size: Int) -> UnsafeMutableRawPointer {
        let place = used + Self.padded(MemoryLayout<Head>.size)
        if place + size > capacity { enlarge(to: max(place + size, capacity * 2)) }
        return start + place
    }

    @inline(__always)
    private mutating func commit(_ head: Head) {
        start.storeBytes(of: head, toByteOffset: used, as: Head.self)
        used += Self.extent(of: head)
    }

    @inline(__always)
    private static func extent(of head: Head) -> Int {
        padded(MemoryLayout<Head>.size) + padded(Int(head.size))
    }

    @inline(__always)
    private static func padded(_ size: Int) -> Int { (size + alignment - 1) & ~(alignment - 1) }

    // MARK: Removing

    /// The head of the first one.
    @inline(__always)
    var head: Head { start.load(fromByteOffset: next, as: Head.self) }

    /// What follows that head.
    @inline(__always)
    var message: UnsafeMutableRawPointer { start + next + Self.padded(MemoryLayout<Head>.size) }

    /// Passes over the first one, whose message has been moved out.
    @inline(__always)
    mutating func removeFirst() { next += Self.extent(of: head) }

    mutating func removeAll() {
        while !isEmpty {
            var removal = Removal(message: message)
            _ = EventPayload.read(number: Int(head.number), &removal)
            removeFirst()
        }
        next = 0
        used = 0
    }

    private struct Removal: PayloadReading {
        let message: UnsafeMutableRawPointer
        func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) {
            message.assumingMemoryBound(to: M.self).deinitialize(count: 1)
        }
    }

    // MARK: Memory

    @inline(never)
    private mutating func enlarge(to size: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: Self.alignment)
        var place = next
        while place < used {
            let head = start.load(fromByteOffset: place, as: Head.self)
            larger.storeBytes(of: head, toByteOffset: place, as: Head.self)
            let offset = place + Self.padded(MemoryLayout<Head>.size)
            var move = Move(from: start + offset, to: larger + offset)
            if EventPayload.read(number: Int(head.number), &move) == nil {
                (larger + offset).copyMemory(from: start + offset, byteCount: Int(head.size))
            }
            place += Self.extent(of: head)
        }
        start.deallocate()
        (start, capacity) = (larger, size)
    }

    private struct Move: PayloadReading {
        let from: UnsafeMutableRawPointer
        let to: UnsafeMutableRawPointer
        func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) {
            to.moveInitializeMemory(as: M.self, from: from.assumingMemoryBound(to: M.self), count: 1)
        }
    }
}
