import Crypto

/// What a log knows of itself from its creation on.
struct LogMetadata: Equatable {
    /// The one format that this version writes, and the newest that it reads.
    static let currentFormat: UInt32 = 1

    var format: UInt32
    var logID: LogID
    var createdNanoseconds: UInt64

    /// Where the hash chain of the commits starts.
    var chainOrigin: [UInt8] {
        var bytes = Array("weir event log".utf8)
        bytes.append(littleEndian: format)
        bytes.append(contentsOf: logID.bytes)
        bytes.append(littleEndian: createdNanoseconds)
        return Array(SHA256.hash(data: bytes))
    }

    /// The entries of the metadata database.
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
    }
}
