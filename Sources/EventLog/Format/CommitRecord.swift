import Crypto

/// What every LMDB transaction of the log records about itself, stored under its last sequence number.
///
/// The first one, stored under 0, is the creation of the log and holds no record. Its chain starts from the
/// log's metadata. The chain makes every commit answer for all bytes before it: a changed, missing or reordered
/// record, commit or metadata value changes every later link.
struct CommitRecord: Equatable {
    /// 0 for the creation of the log, then without a gap.
    var number: UInt64
    /// The first sequence number of the commit.
    var first: UInt64
    /// The last one; `first - 1` for the creation.
    var last: UInt64
    /// Wall-clock nanoseconds since the Unix epoch.
    var timeNanoseconds: UInt64
    /// The id of the very LMDB transaction that wrote the commit, so that a rolled-back meta page, which would
    /// show an older and in itself consistent log, does not agree with the last commit.
    var transactionID: UInt64
    /// SHA-256 over the stored form of every record, each preceded by its length.
    var recordsDigest: [UInt8]
    /// SHA-256 over the former commit's chain and the fields above.
    var chain: [UInt8]

    static let byteCount = 5 * 8 + 2 * 32

    init(
        number: UInt64, first: UInt64, last: UInt64, timeNanoseconds: UInt64, transactionID: UInt64,
        recordsDigest: [UInt8], after formerChain: [UInt8]
    ) {
        self.number = number
        self.first = first
        self.last = last
        self.timeNanoseconds = timeNanoseconds
        self.transactionID = transactionID
        self.recordsDigest = recordsDigest
        chain = []
        chain = expectedChain(after: formerChain)
    }

    /// The creation of a log with the given metadata.
    init(creating metadata: LogMetadata, transactionID: UInt64) {
        self.init(
            number: 0, first: 1, last: 0, timeNanoseconds: metadata.createdNanoseconds,
            transactionID: transactionID, recordsDigest: Array(SHA256.hash(data: [UInt8]())),
            after: metadata.chainOrigin)
    }

    /// The commit whose stored form is `bytes`, or nil if their count is wrong.
    init?(stored bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        number = bytes.littleEndian(at: 0)
        first = bytes.littleEndian(at: 8)
        last = bytes.littleEndian(at: 16)
        timeNanoseconds = bytes.littleEndian(at: 24)
        transactionID = bytes.littleEndian(at: 32)
        recordsDigest = Array(bytes[40..<72])
        chain = Array(bytes[72..<104])
    }

    var stored: [UInt8] { fields + chain }

    func expectedChain(after formerChain: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: formerChain + fields))
    }

    private var fields: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for field in [number, first, last, timeNanoseconds, transactionID] {
            bytes.append(littleEndian: field)
        }
        return bytes + recordsDigest
    }
}
