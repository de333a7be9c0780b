/// One committed record as it is read back.
public struct Record: Hashable, Sendable {
    /// The record's position: 1 for the first of the log, then without a gap.
    public let sequence: UInt64
    /// Whether the record is the first of its step.
    public let beginsStep: Bool
    /// The type that it was appended with, 0 for none.
    public let type: UInt16
    /// The streams that it was appended with, in the same order.
    public let streams: [StreamID]
    /// The bytes that were appended, unchanged.
    public let bytes: [UInt8]

    /// A record with the given position, place in its step, type, streams and bytes.
    public init(
        sequence: UInt64, beginsStep: Bool, type: UInt16 = 0, streams: [StreamID] = [], bytes: [UInt8]
    ) {
        self.sequence = sequence
        self.beginsStep = beginsStep
        self.type = type
        self.streams = streams
        self.bytes = bytes
    }

    init(_ view: borrowing RecordView) {
        self.init(
            sequence: view.sequence, beginsStep: view.beginsStep, type: view.type, streams: view.streams,
            bytes: view.payload.withUnsafeBytes { Array($0) })
    }
}
