/// Puts consecutive records together that share an entry, in memory that its owner lends.
struct RecordPacking {
    /// The memory, for one packing at a time.
    final class Room {
        fileprivate let start = UnsafeMutableRawPointer.allocate(
            byteCount: tableRoom + RecordEntry.sharedBytesLimit, alignment: 8)

        deinit { start.deallocate() }
    }

    private let form: RecordEntry.Form
    private let room: UnsafeMutableRawPointer
    /// How many records there are.
    private(set) var count = 0
    /// The number of the last one.
    private(set) var last: UInt64 = 0
    private var recordBytes = 0
    /// How many bytes the entry may have.
    private var budget = 0

    private static let tableRoom = 2 * RecordEntry.recordsLimit

    /// - Parameter room: must be there until it is used no more.
    init(_ form: RecordEntry.Form, in room: Room) {
        self.form = form
        self.room = room.start
    }

    /// Whether a record of this size can share an entry at all.
    static func isShared(_ size: Int) -> Bool { 2 + size <= RecordEntry.sharedBytesLimit }

    /// The bytes of the entry so far.
    var byteCount: Int { tableBytes + recordBytes }

    private var tableBytes: Int { form == .packed ? 2 * count : 0 }

    /// Whether a record of this size shares the entry that is begun.
    func takes(_ size: Int) -> Bool {
        count == 0
            ? Self.isShared(size)
            : form == .packed && count < RecordEntry.recordsLimit && byteCount + 2 + size <= budget
    }

    /// Adds the next record, which it takes.
    ///
    /// - Parameter mask: what its check is combined with.
    mutating func add(_ stored: UnsafeRawPointer, _ size: Int, at sequence: UInt64, mask: UInt32) {
        if count == 0 {
            budget = EntryBudgets.bytes(for: size)
        } else {
            room.storeBytes(of: UInt16(recordBytes).littleEndian, toByteOffset: 2 * count, as: UInt16.self)
        }
        Self.copy(stored, size, to: room + Self.tableRoom + recordBytes, mask: mask)
        recordBytes += size
        count += 1
        last = sequence
    }

    /// Writes the entry.
    func write(to place: UnsafeMutableRawPointer) {
        if form == .packed {
            room.storeBytes(of: UInt16(count).littleEndian, as: UInt16.self)
            place.copyMemory(from: room, byteCount: tableBytes)
        }
        (place + tableBytes).copyMemory(from: room + Self.tableRoom, byteCount: recordBytes)
    }

    mutating func removeAll() {
        count = 0
        recordBytes = 0
    }

    /// The bytes of an entry that has a record for itself.
    static func byteCount(alone size: Int, _ form: RecordEntry.Form) -> Int {
        form == .packed ? 2 + size : size
    }

    /// Writes an entry that has a record for itself.
    static func write(
        _ stored: UnsafeRawPointer, _ size: Int, alone form: RecordEntry.Form,
        to place: UnsafeMutableRawPointer, mask: UInt32
    ) {
        guard form == .packed else { return copy(stored, size, to: place, mask: mask) }
        place.storeBytes(of: UInt16(1).littleEndian, as: UInt16.self)
        copy(stored, size, to: place + 2, mask: mask)
    }

    /// Copies a record, its check combined with a mask.
    private static func copy(
        _ stored: UnsafeRawPointer, _ size: Int, to place: UnsafeMutableRawPointer, mask: UInt32
    ) {
        place.copyMemory(from: stored, byteCount: size)
        let check = UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self))
        place.storeBytes(of: (check ^ mask).littleEndian, as: UInt32.self)
    }
}

/// How long entries are to become, so that they fill pages.
enum EntryBudgets {
    /// By the size of the first record.
    private static let budgets: [UInt16] = (0...RecordEntry.sharedBytesLimit - 2).map { size in
        UInt16(best(size) * (2 + size))
    }

    /// What a page of LMDB has for its entries, and what each takes of it beside its bytes: a head, a key and a place.
    private static let (pageBytes, entryOverhead) = (4096 - 16, 8 + 8 + 2)

    /// The budget of an entry whose first record has a size that can be shared.
    static func bytes(for size: Int) -> Int { Int(budgets[size]) }

    /// How many records of one size have an entry in common where pages of 4 KiB hold most of them: the most of those
    /// that hold as many.
    private static func best(_ size: Int) -> Int {
        let most = min(RecordEntry.recordsLimit, RecordEntry.sharedBytesLimit / (2 + size))
        func perPage(_ count: Int) -> Int {
            // LMDB makes an entry's bytes even.
            count * (pageBytes / ((count * (2 + size) + 1) & ~1 + entryOverhead))
        }
        return (1...most).max { (perPage($0), $0) < (perPage($1), $1) } ?? 1
    }
}
