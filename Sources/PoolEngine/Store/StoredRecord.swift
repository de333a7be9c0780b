import EventLog

/// One record as it is stored.
public struct StoredRecord: Equatable, Sendable {
    public var sequence: UInt64
    /// Whether a step begins with it.
    public var beginsStep: Bool
    /// The number of its event's payload; 0 for none.
    public var type: UInt16
    /// What its event is about.
    public var streams: [StreamID]
    public var bytes: [UInt8]

    public init(
        sequence: UInt64, beginsStep: Bool, type: UInt16 = 0, streams: [StreamID] = [], bytes: [UInt8]
    ) {
        self.sequence = sequence
        self.beginsStep = beginsStep
        self.type = type
        self.streams = streams
        self.bytes = bytes
    }
}
