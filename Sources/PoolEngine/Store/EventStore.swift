import Pool

/// A log that can be read.
public protocol EventSource: Sendable {
    /// The log's 128-bit id, 16 bytes.
    var logID: [UInt8] { get }

    /// Sequence number of the newest durable record; 0 for an empty log.
    func durableHead() throws -> UInt64

    /// At most `limit` durable records from a sequence number on, in order.
    func read(from sequence: UInt64, limit: Int) throws -> [StoredRecord]

    /// The bytes stored under a digest.
    func blob(_ digest: Digest) throws -> [UInt8]
}

/// Where an engine appends its steps: the LMDB log, memory, or either behind injected faults.
///
/// An engine is the only appender of its store while it runs.
public protocol EventStore: EventSource {
    /// Queues a step, whole or not at all, and gives its records the next sequence numbers at once.
    ///
    /// `completion` is called once, from any thread, after the step is durable or when it cannot become so; not at all
    /// when this throws. After a failure nothing more can be appended.
    @discardableResult
    func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) throws -> ClosedRange<UInt64>
}

/// What is appended at once: the records of one step and the blobs that they name.
public struct StoredStep: Equatable, Sendable {
    public var records: [[UInt8]]
    public var blobs: [[UInt8]]

    public init(records: [[UInt8]], blobs: [[UInt8]] = []) {
        self.records = records
        self.blobs = blobs
    }
}

/// One record as it is stored.
public struct StoredRecord: Equatable, Sendable {
    public var sequence: UInt64
    /// Whether a step begins with it.
    public var beginsStep: Bool
    public var bytes: [UInt8]

    public init(sequence: UInt64, beginsStep: Bool, bytes: [UInt8]) {
        self.sequence = sequence
        self.beginsStep = beginsStep
        self.bytes = bytes
    }
}
