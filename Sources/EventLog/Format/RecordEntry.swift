import CRecordCursor

/// An entry of the database `records`: some consecutive records of a commit, under the sequence number of the last one.
///
/// A leaf of LMDB has its entries in 18 bytes more than they hold, and each is put by itself; so small records share one.
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 2 | number of records |
/// | 2 | 2 each | where each record but the last ends, counted from where the first begins |
/// | | | records, see ``RecordCoding`` |
///
/// Integers are little-endian.
struct RecordEntry {
    /// How the entries of a log are laid out.
    enum Form {
        /// As the table says.
        case packed
        /// An entry is one record and nothing else: before format 4.
        case bare

        init(format: UInt32) { self = format < 4 ? .bare : .packed }
    }

    /// How many records an entry has at most.
    static let recordsLimit = WEIR_ENTRY_RECORDS
    /// The longest entry of several records. LMDB keeps one in a leaf, of which it has at least two in a page of 4 KiB.
    static let sharedBytesLimit = 2022

    let last: UInt64
    let count: Int
    private let table: UnsafeRawBufferPointer
    private let records: UnsafeRawBufferPointer

    /// The entry that is stored under a number; nil if it contradicts itself.
    init?(_ stored: UnsafeRawBufferPointer, last: UInt64, _ form: Form) {
        self.last = last
        guard form == .packed else {
            guard last > 0 else { return nil }
            count = 1
            table = UnsafeRawBufferPointer(rebasing: stored[..<0])
            records = stored
            return
        }
        guard stored.count >= 2 else { return nil }
        count = Int(UInt16(littleEndian: stored.loadUnaligned(as: UInt16.self)))
        guard (1...Self.recordsLimit).contains(count), UInt64(count) <= last, 2 * count <= stored.count
        else { return nil }
        table = UnsafeRawBufferPointer(rebasing: stored[2..<2 * count])
        records = UnsafeRawBufferPointer(rebasing: stored[(2 * count)...])
        var start = 0
        for index in 0..<count {
            guard start <= end(index), end(index) <= records.count else { return nil }
            start = end(index)
        }
    }

    var first: UInt64 { last - UInt64(count) + 1 }

    private func end(_ index: Int) -> Int {
        guard index < count - 1 else { return records.count }
        return Int(
            UInt16(littleEndian: table.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
    }

    /// The stored form of one of the records, counted from 0.
    subscript(index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: records[(index == 0 ? 0 : end(index - 1))..<end(index)])
    }

    /// The stored form of a record; nil if the entry does not have it.
    func record(at sequence: UInt64) -> UnsafeRawBufferPointer? {
        guard (first...last).contains(sequence) else { return nil }
        return self[Int(sequence - first)]
    }
}
