/// What a scan makes of a page of records, so that whoever asked for it need not read in a transaction.
///
/// A scan that reads ahead fills batches on a thread of its own: what can be done with records one by one, such as to
/// decode them, is done there while a batch before is at work.
public protocol RecordBatch: AnyObject, Sendable {
    /// An empty one.
    init()

    /// Takes in the next record, in a transaction: it should be quick.
    func append(_ record: borrowing RecordView)

    /// Empties it, so that it can be filled anew.
    func removeAll()
}

/// Copies of records that follow one another, each behind a head that says how long it is.
///
/// `@unchecked Sendable`: it is with the thread that fills it or with who has taken it.
public final class RecordCopies: RecordBatch, @unchecked Sendable {
    private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 8)
    private var used = 0

    private struct Head {
        var sequence: UInt64
        var count: Int
        var layout: RecordLayout
    }

    public init() {}

    deinit { bytes.deallocate() }

    public func removeAll() { used = 0 }

    public func append(_ record: borrowing RecordView) {
        let head = Head(sequence: record.sequence, count: record.stored.byteCount, layout: record.layout)
        let end = used + MemoryLayout<Head>.size + head.count
        if end > bytes.count { enlarge(to: max(end, bytes.count * 2)) }
        bytes.storeBytes(of: head, toByteOffset: used, as: Head.self)
        record.stored.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: bytes[(end - head.count)..<end]).copyMemory(from: $0)
        }
        used = end
    }

    private func enlarge(to size: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
        bytes.deallocate()
        bytes = larger
    }

    /// Gives `body` every record, in order.
    public func forEachRecord(_ body: (borrowing RecordView) throws -> Void) rethrows {
        var next = 0
        while next < used {
            let head = bytes.loadUnaligned(fromByteOffset: next, as: Head.self)
            let start = next + MemoryLayout<Head>.size
            next = start + head.count
            let stored = UnsafeRawBufferPointer(rebasing: bytes[start..<next])
            try body(RecordView(sequence: head.sequence, stored: stored.bytes, layout: head.layout))
        }
    }
}
