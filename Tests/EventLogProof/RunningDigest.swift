import EventLog

/// The fold whose snapshots the harnesses keep: a digest over all records in their order.
struct RunningDigest: LogFold, Equatable {
    static let name = "running-digest"
    static let version: UInt32 = 1

    private var digest: [UInt8] = []

    init() {}

    init(canonicalBytes: [UInt8]) {
        digest = canonicalBytes
    }

    func canonicalBytes() -> [UInt8] { digest }

    mutating func apply(_ record: borrowing RecordView) {
        apply(record.payload.withUnsafeBytes { Array($0) })
    }

    mutating func apply(_ payload: [UInt8]) {
        digest = Array(BlobDigest(of: digest + payload).description.utf8)
    }
}
