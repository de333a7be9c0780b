/// One committed record as it is read back.
public struct Record: Hashable, Sendable {
    /// The record's position: 1 for the first of the log, then without a gap.
    public let sequence: UInt64
    /// Whether the record is the first of its step.
    public let beginsStep: Bool
    /// The bytes that were appended, unchanged.
    public let bytes: [UInt8]

    /// A record with the given position, place in its step and bytes.
    public init(sequence: UInt64, beginsStep: Bool, bytes: [UInt8]) {
        self.sequence = sequence
        self.beginsStep = beginsStep
        self.bytes = bytes
    }
}
