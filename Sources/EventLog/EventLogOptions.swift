import Glibc

extension EventLog {
    /// How a log is opened for writing.
    public struct Options: Sendable {
        /// The identity of a log that is created by the opening; nil draws a random one. An existing log keeps its
        /// own.
        public var logID: LogID?
        /// Address space for the map, in bytes; it grows when it is full. Less is taken if the system refuses.
        public var mapBytes: Int
        /// How many bytes of steps one commit takes at most; a larger step is committed by itself.
        public var groupBytesLimit: Int
        /// How many bytes of steps may wait for the writer.
        public var queuedBytesLimit: Int
        /// The largest record, in bytes; at most 64 MiB.
        public var recordBytesLimit: Int {
            didSet { recordBytesLimit = min(recordBytesLimit, RecordCoding.payloadBytesLimit) }
        }
        /// The largest blob, in bytes.
        public var blobBytesLimit: Int
        /// How long a lazy step waits for a durable one before it is committed by itself, in nanoseconds.
        public var lazyNanoseconds: UInt64
        /// How long an idempotency key is remembered, in nanoseconds of the wall clock since the commit of its step.
        public var keyWindowNanoseconds: UInt64
        /// Nanoseconds since the Unix epoch, noted with the log's creation and each commit; a simulation brings
        /// its own. It is called on the thread that opens, on the writer thread, and by whoever appends a step with a
        /// key.
        public var wallClockNanoseconds: @Sendable () -> UInt64
        /// Called on the writer thread at the named points of every commit, for tests that end the process there.
        package var onCommitPoint: (@Sendable (CommitPoint) -> Void)?
        /// The same for snapshots, backups and retirements, called on the thread that does the work.
        package var onLifeCyclePoint: (@Sendable (LifeCyclePoint) -> Void)?

        /// The defaults: a random identity, 1 TiB of address space, commits of up to 8 MiB, 256 MiB waiting,
        /// records of up to 16 MiB, blobs of up to 1 GiB, 100 ms for lazy steps, 24 hours for keys, and the system's
        /// wall clock.
        public init(logID: LogID? = nil) {
            self.logID = logID
            mapBytes = EnvironmentOpening.defaultMapBytes
            groupBytesLimit = 8 << 20
            queuedBytesLimit = 256 << 20
            recordBytesLimit = 16 << 20
            blobBytesLimit = 1 << 30
            lazyNanoseconds = 100_000_000
            keyWindowNanoseconds = 24 * 3600 * 1_000_000_000
            wallClockNanoseconds = { Clock.wallNanoseconds() }
        }
    }
}

/// A point on the way of a commit, in their order. A process may end at any of them.
package enum CommitPoint: String, CaseIterable, Sendable {
    /// The group's blobs are durable.
    case blobsStored
    /// The LMDB transaction has begun.
    case begun
    /// All records are in the transaction.
    case recordsPut
    /// The run of the index, if the commit writes one, is in the transaction.
    case indexPut
    /// The commit's own entry is in the transaction.
    case commitPut
    /// LMDB has committed: the group is durable.
    case committed
    /// Everybody has been told.
    case acknowledged
    /// The mark of the last acknowledged record is set.
    case marked
}
