/// How an export is written. All hold the same items, so that a log that is imported from any of them has the same
/// chain as the log that was exported.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// `weir.v1.LogExportItem` messages, each preceded by its length as a varint.
    case protobuf
    /// One JSON object a line, with the item readable, and raw in `raw` (base64 of the message).
    case jsonl
    /// One CloudEvents 1.0 object in JSON a line, with the item raw in the extension attribute `weiritem`.
    case cloudevents
}

/// What a record says, for those who read an export.
public struct RecordDescription: Sendable {
    /// The name of the record's type.
    public var type: String
    /// The content as a JSON value.
    public var json: String

    /// A description with the given name and JSON value.
    public init(type: String, json: String) {
        self.type = type
        self.json = json
    }
}

/// What an export holds.
public struct ExportReport: Hashable, Sendable {
    /// The last position that is not in it because the log begins behind it; 0 if the export has everything.
    public var base: UInt64
    /// The last record in it.
    public var last: UInt64
    /// How many records it has.
    public var records: UInt64
    /// How many commits it has; the creation of the log is not counted.
    public var commits: UInt64
    /// How many blobs it has.
    public var blobs: Int
    /// How many bytes were written.
    public var bytes: UInt64
    /// The chain of the last commit: the same for the same log, and for every log that is imported from it.
    public var chain: [UInt8]
}
