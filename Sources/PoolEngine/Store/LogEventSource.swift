import EventLog
import Pool

/// A log that is only read, also while another process writes it.
public struct LogEventSource: EventSource {
    private let reader: EventLogReader

    public init(_ reader: EventLogReader) { self.reader = reader }

    public var logID: [UInt8] { withUnsafeBytes(of: reader.logID.value.bigEndian) { Array($0) } }
    public func basePosition() throws -> UInt64 { try reader.base() }
    public func durableHead() throws -> UInt64 { try reader.head() }

    public func read(from sequence: UInt64, limit: Int) throws -> [StoredRecord] {
        try reader.read(from: sequence, limit: limit).map(StoredRecord.init)
    }

    public func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try reader.scan(from: first, through: last, readingAhead: true) { record in
            try record.payload.withUnsafeBytes { try body(record.sequence, record.beginsStep, $0) }
        }
    }

    public func forEachBatch(
        from first: UInt64, through last: UInt64, _ body: (_ records: DecodedRecords) throws -> Void
    ) throws {
        try reader.scan(from: first, through: last, inBatches: DecodedRecords.self, body)
    }

    public func blob(_ digest: Digest) throws -> [UInt8] { try reader.blob(BlobDigest(digest)) }

    public func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) throws -> (snapshot: Snapshot?, problems: [String]) {
        let search = try reader.newestSnapshot(of: fold, version: version, through: last)
        return (search.snapshot, search.problems.map(\.description))
    }
}

extension DecodedRecords: RecordBatch {
    public func append(_ record: borrowing RecordView) {
        let sequence = record.sequence
        record.payload.withUnsafeBytes { append(sequence, $0) }
    }
}

extension StoredRecord {
    init(_ record: Record) {
        self.init(
            sequence: record.sequence, beginsStep: record.beginsStep, type: record.type,
            streams: record.streams, bytes: record.bytes)
    }
}

extension BlobDigest {
    init(_ digest: Digest) {
        guard let blob = BlobDigest(bytes: digest.bytes) else { preconditionFailure("a digest has 32 bytes") }
        self = blob
    }
}
