import Crypto

/// What every commit of the log records about itself, stored under its last sequence number.
///
/// The first one, stored under 0, is the creation of the log and holds no record. Its chain starts from the
/// log's metadata. The chain makes every commit answer for all bytes before it: a changed, missing or reordered
/// record, commit or metadata value changes every later link.
struct CommitRecord: Equatable, Sendable {
    /// 0 for the creation of the log, then without a gap.
    var number: UInt64
    /// The first sequence number of the commit.
    var first: UInt64
    /// The last one; `first - 1` for the creation.
    var last: UInt64
    /// Wall-clock nanoseconds since the Unix epoch when the commit began.
    var timeNanoseconds: UInt64
    /// How long the commit before this one took, in nanoseconds; 0 where that is not known.
    var formerDurationNanoseconds: UInt64
    /// SHA-256 over the digests of the commit's steps. A step's digest is SHA-256 over its records' stored forms, each
    /// preceded by its length in 4 bytes, with the sequence number taken out of the check.
    var stepsDigest: [UInt8]
    /// SHA-256 over the former commit's chain and the fields above.
    var chain: [UInt8]
    /// The id of the LMDB transaction that wrote this entry. It is not part of the chain: a copy has other ones.
    ///
    /// The newest commit's is that of the environment's last transaction, so that a rolled-back meta page, which would
    /// show an older and in itself consistent log, does not agree with the newest commit.
    var transactionID: UInt64

    /// The last record that the index has after this commit; see ``IndexBlock``. It is not part of the chain either.
    var indexed: UInt64

    static let byteCount = 5 * 8 + 2 * 32 + 8 + 8 + 4

    init(
        number: UInt64, first: UInt64, last: UInt64, timeNanoseconds: UInt64,
        formerDurationNanoseconds: UInt64, stepsDigest: [UInt8], after formerChain: [UInt8],
        transactionID: UInt64, indexed: UInt64
    ) {
        self.number = number
        self.first = first
        self.last = last
        self.timeNanoseconds = timeNanoseconds
        self.formerDurationNanoseconds = formerDurationNanoseconds
        self.stepsDigest = stepsDigest
        self.transactionID = transactionID
        self.indexed = indexed
        chain = []
        chain = expectedChain(after: formerChain)
    }

    /// The creation of a log with the given metadata.
    init(creating metadata: LogMetadata, transactionID: UInt64) {
        self.init(
            number: 0, first: 1, last: 0, timeNanoseconds: metadata.createdNanoseconds,
            formerDurationNanoseconds: 0, stepsDigest: SHA256.hash(data: [UInt8]()).array,
            after: metadata.chainOrigin, transactionID: transactionID, indexed: 0)
    }

    /// The commit whose stored form is `bytes`, or nil if they are none.
    init?(stored bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        let check: UInt32 = bytes.littleEndian(at: Self.byteCount - 4)
        guard bytes.withUnsafeBytes({ Checksum.of(.init(rebasing: $0.dropLast(4))) }) == check else {
            return nil
        }
        number = bytes.littleEndian(at: 0)
        first = bytes.littleEndian(at: 8)
        last = bytes.littleEndian(at: 16)
        timeNanoseconds = bytes.littleEndian(at: 24)
        formerDurationNanoseconds = bytes.littleEndian(at: 32)
        stepsDigest = Array(bytes[40..<72])
        chain = Array(bytes[72..<104])
        transactionID = bytes.littleEndian(at: 104)
        indexed = bytes.littleEndian(at: 112)
    }

    var stored: [UInt8] {
        var bytes = fields + chain
        bytes.append(littleEndian: transactionID)
        bytes.append(littleEndian: indexed)
        bytes.append(littleEndian: bytes.withUnsafeBytes { Checksum.of($0) })
        return bytes
    }

    func expectedChain(after formerChain: [UInt8]) -> [UInt8] {
        SHA256.hash(data: formerChain + fields).array
    }

    private var fields: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for field in [number, first, last, timeNanoseconds, formerDurationNanoseconds] {
            bytes.append(littleEndian: field)
        }
        bytes.append(contentsOf: stepsDigest)
        return bytes
    }
}
