import EventLog
import Pool
import Synchronization

/// Another store behind an injected fault: one step is accepted and then cannot be made durable, and every one after
/// it is refused.
///
/// It stands for a full disk or an I/O error: nothing of the failed step is stored or acknowledged.
public final class FaultyEventStore<Base: EventStore>: EventStore {
    private let base: Base
    private let remaining: Mutex<Int>

    /// - Parameter failingAfter: Appends that still succeed.
    public init(_ base: Base, failingAfter appends: Int) {
        self.base = base
        remaining = Mutex(appends)
    }

    public struct InjectedFault: Error, Equatable, CustomStringConvertible {
        public var description: String { "injected: the step could not be made durable" }
    }

    public var logID: [UInt8] { base.logID }
    public func basePosition() throws -> UInt64 { try base.basePosition() }
    public func durableHead() throws -> UInt64 { try base.durableHead() }

    public func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) throws -> ClosedRange<UInt64> {
        let left = remaining.withLock { remaining in
            remaining -= 1
            return remaining
        }
        guard left < 0 else { return try base.submit(step, completion: completion) }
        guard left == -1 else { throw InjectedFault() }
        let first = try base.durableHead() + 1
        completion(.failure(InjectedFault()))
        return first...first + UInt64(step.records.count) - 1
    }

    public func read(from sequence: UInt64, limit: Int) throws -> [StoredRecord] {
        try base.read(from: sequence, limit: limit)
    }

    public func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try base.forEachRecord(from: first, through: last, body)
    }

    public func forEachBatch(
        from first: UInt64, through last: UInt64, _ body: (_ records: DecodedRecords) throws -> Void
    ) throws {
        try base.forEachBatch(from: first, through: last, body)
    }

    public func save(_ snapshot: Snapshot) throws { try base.save(snapshot) }

    public func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) throws -> (snapshot: Snapshot?, problems: [String]) {
        try base.newestSnapshot(of: fold, version: version, through: last)
    }

    public func blob(_ digest: Digest) throws -> [UInt8] { try base.blob(digest) }
}
