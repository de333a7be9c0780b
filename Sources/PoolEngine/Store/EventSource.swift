import EventLog
import Pool

/// A log that can be read.
public protocol EventSource: Sendable {
    /// The log's 128-bit id, 16 bytes.
    var logID: [UInt8] { get }

    /// Sequence number of the last record that was moved to an archive; 0 when none was. The records that are there
    /// begin behind it.
    func basePosition() throws -> UInt64

    /// Sequence number of the newest durable record; 0 for an empty log.
    func durableHead() throws -> UInt64

    /// At most `limit` durable records from a sequence number on (0 is the first that is there), in order.
    func read(from sequence: UInt64, limit: Int) throws -> [StoredRecord]

    /// Gives `body` the bytes of the durable records from `first` (0 is the first that is there) up to and including
    /// `last`, in order, where they lie.
    ///
    /// A log may keep others from reusing its pages meanwhile, so `body` must be quick: it neither prints nor waits.
    func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws

    /// Gives `body` the same records read for a fold, in batches, in order. A batch is emptied when `body` has returned.
    ///
    /// A log reads the next batches meanwhile, on a thread of its own; `body` may take its time.
    func forEachBatch(
        from first: UInt64, through last: UInt64, _ body: (_ records: DecodedRecords) throws -> Void
    ) throws

    /// The bytes stored under a digest.
    func blob(_ digest: Digest) throws -> [UInt8]

    /// The newest snapshot of a version of a fold, at or before a position, with what keeps newer ones from being used,
    /// in words.
    func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) throws -> (snapshot: Snapshot?, problems: [String])
}

extension EventSource {
    /// Reads each batch where the one before has been folded.
    public func forEachBatch(
        from first: UInt64, through last: UInt64, _ body: (_ records: DecodedRecords) throws -> Void
    ) throws {
        let pageSize = 1024
        let records = DecodedRecords()
        var count = 0
        var isTaken = false
        func give() throws {
            isTaken = true
            try body(records)
            records.removeAll()
            (isTaken, count) = (false, 0)
        }
        do {
            try forEachRecord(from: first, through: last) { sequence, _, bytes in
                if count == pageSize { try give() }
                records.append(sequence, bytes)
                count += 1
            }
        } catch {
            // What was read before the error is given first, unless it was the body's.
            if !isTaken { try give() }
            throw error
        }
        try give()
    }
}
