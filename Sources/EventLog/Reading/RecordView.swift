/// A record where it lies in the log's map, without a copy. It cannot outlive the short transaction that it is read in.
public struct RecordView: ~Escapable {
    /// The record's position: 1 for the first of the log, then without a gap.
    public let sequence: UInt64
    /// The record in its stored form, whose check has been compared if that was asked for.
    let stored: RawSpan
    let layout: RecordLayout

    @_lifetime(copy stored)
    init(sequence: UInt64, stored: RawSpan, layout: RecordLayout) {
        self.sequence = sequence
        self.stored = stored
        self.layout = layout
    }

    /// Whether the record is the first of its step.
    public var beginsStep: Bool { layout.beginsStep }

    /// The type that it was appended with, 0 for none.
    public var type: UInt16 { layout.type }

    /// The bytes that were appended.
    public var payload: RawSpan {
        @_lifetime(copy self)
        get { stored.extracting(layout.payloadStart..<stored.byteCount) }
    }

    /// The streams that it was appended with, in the same order.
    public var streams: [StreamID] {
        stored.withUnsafeBytes { bytes in
            (0..<layout.streamCount).map { layout.stream($0, in: bytes) }
        }
    }

    /// The idempotency key of the step that it begins; empty for none.
    public var stepKey: [UInt8] { stored.withUnsafeBytes { Array($0[layout.key]) } }

    /// The blobs that the step that it begins refers to.
    public var stepBlobs: [BlobDigest] { stored.withUnsafeBytes { layout.blobDigests(in: $0) } }
}
