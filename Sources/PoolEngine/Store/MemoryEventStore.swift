import Pool
import Synchronization

/// A store in memory, for simulations and tests: durable as soon as it is accepted, gone with the process.
public final class MemoryEventStore: EventStore {
    public let logID: [UInt8]
    private let contents = Mutex(Contents())

    private struct Contents {
        var records: [StoredRecord] = []
        var blobs: [Digest: [UInt8]] = [:]
    }

    public init(logID: [UInt8]) {
        precondition(logID.count == 16, "a log id has 16 bytes")
        self.logID = logID
    }

    public func durableHead() -> UInt64 { contents.withLock { UInt64($0.records.count) } }

    public func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) -> ClosedRange<UInt64> {
        precondition(!step.records.isEmpty, "a step has at least one record")
        let range = contents.withLock { contents in
            for blob in step.blobs { contents.blobs[Digest(sha256: blob)] = blob }
            let first = UInt64(contents.records.count) + 1
            for (index, bytes) in step.records.enumerated() {
                contents.records.append(
                    StoredRecord(sequence: first + UInt64(index), beginsStep: index == 0, bytes: bytes))
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
