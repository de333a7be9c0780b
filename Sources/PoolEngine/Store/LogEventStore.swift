import EventLog
import Pool

/// The LMDB log as a store.
public struct LogEventStore: EventStore {
    private let log: EventLog
    private let source: LogEventSource
    private let waiting = WaitingSteps()
    private let longestWait: Duration

    /// - Parameter longestWait: After how long the log is asked for steps that may wait, when no other step comes
    ///   before. The log's own limit for lazy steps is a good one.
    public init(_ log: EventLog, longestWait: Duration = .milliseconds(100)) {
        self.log = log
        self.longestWait = longestWait
        source = LogEventSource(log.reader)
    }

    public var logID: [UInt8] { source.logID }
    public func basePosition() throws -> UInt64 { try source.basePosition() }
    public func durableHead() throws -> UInt64 { try source.durableHead() }

    @discardableResult
    public func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) throws -> ClosedRange<UInt64> {
        let waiting = waiting
        guard step.mayWait else {
            return try log.submit(Step(step)) { result in
                switch result {
                case .success(let range): waiting.complete(through: range.upperBound)
                case .failure(let error): waiting.fail(error)
                }
                completion(result.mapError { $0 })
            }
        }
        // The log's acknowledgement of a lazy step says nothing of its durability.
        let range = try log.submit(Step(step), durability: .lazy) { _ in }
        if waiting.add(range, completion) { awaitDurability() }
        return range
    }

    /// Learns that waiting steps are durable when no other step follows that tells.
    private func awaitDurability() {
        let (log, waiting, longestWait) = (log, waiting, longestWait)
        Task {
            while true {
                try? await Task.sleep(for: longestWait)
                guard let position = waiting.next() else { return }
                do throws(EventLogError) {
                    waiting.complete(through: try await log.durable(through: position))
                } catch {
                    waiting.fail(error)
                }
            }
        }
    }

    public func read(from sequence: UInt64, limit: Int) throws -> [StoredRecord] {
        try source.read(from: sequence, limit: limit)
    }

    public func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try source.forEachRecord(from: first, through: last, body)
    }

    public func forEachBatch(
        from first: UInt64, through last: UInt64, _ body: (_ records: DecodedRecords) throws -> Void
    ) throws {
        try source.forEachBatch(from: first, through: last, body)
    }

    public func blob(_ digest: Digest) throws -> [UInt8] { try source.blob(digest) }

    public func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) throws -> (snapshot: Snapshot?, problems: [String]) {
        try source.newestSnapshot(of: fold, version: version, through: last)
    }

    public func save(_ snapshot: Snapshot) throws { try log.reader.save(snapshot) }
}

extension Step {
    init(_ step: StoredStep) {
        self.init(
            reservingBytes: step.records.reduce(0) { $0 + $1.bytes.count }, records: step.records.count)
        for record in step.records { append(record.bytes, type: record.type, streams: record.streams) }
        for blob in step.blobs { add(blob: blob) }
        for digest in step.references { addReference(toBlob: BlobDigest(digest)) }
    }
}
