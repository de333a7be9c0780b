import EventLog
import Pool

/// The LMDB log as a store.
public struct LogEventStore: EventStore {
    private let log: EventLog

    public init(_ log: EventLog) { self.log = log }

    public var logID: [UInt8] { Self.bytes(of: log.logID) }

    public func durableHead() throws -> UInt64 { try log.head() }

    @discardableResult
    public func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) throws -> ClosedRange<UInt64> {
        try log.submit(Step(records: step.records, blobs: step.blobs)) { result in
            completion(result.mapError { $0 })
        }
    }

    public func read(from sequence: UInt64, limit: Int) throws -> [StoredRecord] {
        try log.read(from: sequence, limit: limit).map(StoredRecord.init)
    }

    public func blob(_ digest: Digest) throws -> [UInt8] { try log.blob(BlobDigest(digest)) }

    static func bytes(of id: LogID) -> [UInt8] {
        withUnsafeBytes(of: id.value.bigEndian) { Array($0) }
    }
}

/// A log that is only read, also while another process writes it.
public struct LogEventSource: EventSource {
    private let reader: EventLogReader

    public init(_ reader: EventLogReader) { self.reader = reader }

    public var logID: [UInt8] { LogEventStore.bytes(of: reader.logID) }
    public func durableHead() throws -> UInt64 { try reader.head() }

    public func read(from sequence: UInt64, limit: Int) throws -> [StoredRecord] {
        try reader.read(from: sequence, limit: limit).map(StoredRecord.init)
    }

    public func blob(_ digest: Digest) throws -> [UInt8] { try reader.blob(BlobDigest(digest)) }
}

extension StoredRecord {
    init(_ record: Record) {
        self.init(sequence: record.sequence, beginsStep: record.beginsStep, bytes: record.bytes)
    }
}

extension BlobDigest {
    init(_ digest: Digest) {
        guard let blob = BlobDigest(bytes: digest.bytes) else { preconditionFailure("a digest has 32 bytes") }
        self = blob
    }
}
