import EventLog
import Pool
import Synchronization

/// A store in memory, for simulations and tests: durable as soon as it is accepted, gone with the process.
public final class MemoryEventStore: EventStore {
    public let logID: [UInt8]
    private let contents = Mutex(Contents())

    private struct Contents {
        var records: [StoredRecord] = []
        var blobs: [Digest: [UInt8]] = [:]
        var snapshots: [Snapshot] = []
    }

    public init(logID: [UInt8]) {
        precondition(logID.count == 16, "a log id has 16 bytes")
        self.logID = logID
    }

    public func basePosition() -> UInt64 { 0 }

    public func durableHead() -> UInt64 { contents.withLock { UInt64($0.records.count) } }

    public func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) -> ClosedRange<UInt64> {
        precondition(!step.records.isEmpty, "a step has at least one record")
        let range = contents.withLock { contents in
            for blob in step.blobs { contents.blobs[Digest(sha256: blob)] = blob }
            let first = UInt64(contents.records.count) + 1
            for (index, record) in step.records.enumerated() {
                contents.records.append(
                    StoredRecord(
                        sequence: first + UInt64(index), beginsStep: index == 0, type: record.type,
                        streams: record.streams, bytes: record.bytes))
            }
            return first...UInt64(contents.records.count)
        }
        completion(.success(range))
        return range
    }

    public func read(from sequence: UInt64, limit: Int) -> [StoredRecord] {
        contents.withLock { contents in
            Array(contents.records.dropFirst(Int(max(sequence, 1) - 1)).prefix(limit))
        }
    }

    public func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let records = contents.withLock { $0.records }
        for record in records.dropFirst(Int(max(first, 1) - 1)) {
            guard record.sequence <= last else { return }
            try record.bytes.withUnsafeBytes { try body(record.sequence, record.beginsStep, $0) }
        }
    }

    public func save(_ snapshot: Snapshot) { contents.withLock { $0.snapshots.append(snapshot) } }

    public func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) -> (snapshot: Snapshot?, problems: [String]) {
        let kept = contents.withLock { contents in
            contents.snapshots.filter { $0.fold == fold && $0.version == version && $0.position <= last }
        }
        return (kept.max { $0.position < $1.position }, [])
    }

    public func blob(_ digest: Digest) throws -> [UInt8] {
        guard let bytes = contents.withLock({ $0.blobs[digest] }) else { throw MissingBlob(digest: digest) }
        return bytes
    }

    /// A digest under which nothing is stored.
    public struct MissingBlob: Error, Equatable, CustomStringConvertible {
        public let digest: Digest
        public var description: String { "no blob is stored under \(digest)" }
    }
}
