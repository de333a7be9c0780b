/// The memory of a step: its records in their stored forms, each preceded by its length in 4 bytes.
///
/// `@unchecked Sendable`: it is changed only by the one step that refers to it, and never once that is sealed.
final class StepBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    /// Large memory is used again, for the system gives it back page by page, each by a fault.
    private static let spare = Monitor<[(base: Memory, capacity: Int)]>([])
    private static let spareCapacity = (64 << 10)...(16 << 20)
    private static let spareCount = 8

    /// `@unchecked Sendable`: whoever takes it out of the spare ones is its only owner.
    private struct Memory: @unchecked Sendable {
        var base: UnsafeMutableRawPointer
    }

    init(capacity: Int) {
        (base, self.capacity) = Self.allocate(max(capacity, 64))
    }

    /// A copy with room for further bytes.
    init(copying other: StepBuffer, adding room: Int) {
        (base, capacity) = Self.allocate(other.count + room)
        base.copyMemory(from: other.base, byteCount: other.count)
        count = other.count
    }

    deinit {
        Self.release(base, capacity)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Adds `size` bytes, which are not set yet, and gives where they are.
    @inline(__always)
    func grow(by size: Int) -> UnsafeMutableRawPointer {
        if count + size > capacity { enlarge(to: max(count + size, capacity * 2)) }
        defer { count += size }
        return base + count
    }

    /// Puts bytes in the middle.
    func insert(_ bytes: [UInt8], at offset: Int) {
        let moved = count - offset
        _ = grow(by: bytes.count)
        let place = base + offset
        (place + bytes.count).copyMemory(from: place, byteCount: moved)
        bytes.withUnsafeBytes { inserted in
            if let start = inserted.baseAddress { place.copyMemory(from: start, byteCount: inserted.count) }
        }
    }

    private func enlarge(to size: Int) {
        let (larger, capacity) = Self.allocate(size)
        larger.copyMemory(from: base, byteCount: count)
        Self.release(base, self.capacity)
        (base, self.capacity) = (larger, capacity)
    }

    private static func allocate(_ size: Int) -> (UnsafeMutableRawPointer, Int) {
        if spareCapacity.contains(size) {
            let found = spare.withLock { spare in
                spare.firstIndex { $0.capacity >= size }.map { spare.remove(at: $0) }
            }
            if let found { return (found.base.base, found.capacity) }
        }
        return (.allocate(byteCount: size, alignment: 8), size)
    }

    private static func release(_ base: UnsafeMutableRawPointer, _ capacity: Int) {
        let memory = Memory(base: base)
        let isKept =
            spareCapacity.contains(capacity)
            && spare.withLock { spare in
                guard spare.count < spareCount else { return false }
                spare.append((memory, capacity))
                return true
            }
        if !isKept { base.deallocate() }
    }
}
