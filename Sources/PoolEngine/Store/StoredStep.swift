import EventLog
import Pool

/// What is appended at once: the records of one step and the blobs that they name.
public struct StoredStep: Equatable, Sendable {
    /// A record to append.
    public struct Record: Equatable, Sendable {
        /// The number of its event's payload; 0 for none.
        public var type: UInt16
        /// What its event is about.
        public var streams: [StreamID]
        /// The event's canonical bytes.
        public var bytes: [UInt8]

        public init(type: UInt16 = 0, streams: [StreamID] = [], bytes: [UInt8]) {
            self.type = type
            self.streams = streams
            self.bytes = bytes
        }

        /// The record of an event.
        public init(_ event: Event, subjects: EventSubjects) {
            self.init(
                type: UInt16(event.payload.number), streams: subjects.streams, bytes: event.encoded())
        }
    }

    public var records: [Record]
    /// Blobs to store, which the step refers to.
    public var blobs: [[UInt8]]
    /// Blobs that are stored already, and that the step refers to: they are kept as long as it is.
    public var references: [Digest]
    /// Whether it may become durable a little later, with other steps: nothing is performed or acknowledged for it.
    public var mayWait: Bool

    public init(
        records: [Record], blobs: [[UInt8]] = [], references: [Digest] = [], mayWait: Bool = false
    ) {
        self.records = records
        self.blobs = blobs
        self.references = references
        self.mayWait = mayWait
    }

    /// A step of records that are found by their positions alone.
    public init(records: [[UInt8]], blobs: [[UInt8]] = []) {
        self.init(records: records.map { Record(bytes: $0) }, blobs: blobs)
    }
}
