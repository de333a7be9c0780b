import Crypto

/// What a log knows of itself from its creation on, and where its records begin.
struct LogMetadata: Equatable, Sendable {
    /// The format of new logs.
    static let currentFormat: UInt32 = 4
    /// The oldest format that this version reads, and goes on in: see ``RecordEntry/Form``.
    static let oldestFormat: UInt32 = 3
    static let formats = oldestFormat...currentFormat

    var format: UInt32
    var logID: LogID
    var createdNanoseconds: UInt64

    /// Where the hash chain of the commits starts.
    var chainOrigin: [UInt8] {
        var bytes = Array("weir event log".utf8)
        bytes.append(littleEndian: format)
        bytes.append(contentsOf: logID.bytes)
        bytes.append(littleEndian: createdNanoseconds)
        return SHA256.hash(data: bytes).array
    }

    /// The entries of the metadata database that never change.
    var entries: [(key: String, value: [UInt8])] {
        var formatBytes: [UInt8] = []
        formatBytes.append(littleEndian: format)
        var createdBytes: [UInt8] = []
        createdBytes.append(littleEndian: createdNanoseconds)
        return [(Key.format, formatBytes), (Key.logID, logID.bytes), (Key.created, createdBytes)]
    }

    enum Key {
        static let format = "format"
        static let logID = "log-id"
        static let created = "created"
        static let base = "base"
    }
}

/// Where the records of a log begin after what came before was moved to an archive.
///
/// The commit that ends there stays in the log, without its records, as what the chain goes on from.
struct LogBase: Equatable, Sendable {
    /// The last position that is not in the log any more; 0 for a log that has everything.
    var position: UInt64
    /// The chain of the commit before the one that ends there, so that this one can still be checked.
    var formerChain: [UInt8]

    static let byteCount = 8 + 32

    init(position: UInt64, formerChain: [UInt8]) {
        self.position = position
        self.formerChain = formerChain
    }

    init?(stored bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(position: bytes.littleEndian(at: 0), formerChain: Array(bytes[8...]))
    }

    var stored: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: position)
        return bytes + formerChain
    }
}
