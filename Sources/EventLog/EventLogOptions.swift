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
        /// Nanoseconds since the Unix epoch, noted with the log's creation and each commit; a simulation brings
        /// its own. It is called on the thread that opens and on the writer thread.
        public var wallClockNanoseconds: @Sendable () -> UInt64

        /// The defaults: a random identity, 1 TiB of address space, commits of up to 8 MiB, 256 MiB waiting,
        /// records of up to 16 MiB, blobs of up to 1 GiB, and the system's wall clock.
        public init(logID: LogID? = nil) {
            self.logID = logID
            mapBytes = EnvironmentOpening.defaultMapBytes
            groupBytesLimit = 8 << 20
            queuedBytesLimit = 256 << 20
            recordBytesLimit = 16 << 20
            blobBytesLimit = 1 << 30
            wallClockNanoseconds = {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
            }
        }
    }
}
