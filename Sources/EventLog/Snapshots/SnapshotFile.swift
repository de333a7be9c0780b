/// The stored form of a snapshot.
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 8 | `WEIRSNAP` |
/// | 8 | 4 | format, 1 |
/// | 12 | 4 | version of the fold |
/// | 16 | 16 | log id |
/// | 32 | 8 | position |
/// | 40 | 8 | last position of the newest commit that ends at or before it |
/// | 48 | 32 | chain of that commit |
/// | 80 | 8 | count of the state's bytes |
/// | 88 | 32 | SHA-256 of the state's bytes |
/// | 120 | 4 | CRC-32C of the bytes before |
/// | 124 | | the state's bytes |
struct SnapshotFile: Equatable {
    var version: UInt32
    var logID: LogID
    var position: UInt64
    var commit: UInt64
    var chain: [UInt8]
    var bytes: [UInt8]

    static let magic = Array("WEIRSNAP".utf8)
    static let format: UInt32 = 1
    static let headerBytes = 124

    var stored: [UInt8] {
        var header = Self.magic
        header.append(littleEndian: Self.format)
        header.append(littleEndian: version)
        header.append(contentsOf: logID.bytes)
        header.append(littleEndian: position)
        header.append(littleEndian: commit)
        header.append(contentsOf: chain)
        header.append(littleEndian: UInt64(bytes.count))
        header.append(contentsOf: BlobDigest(of: bytes).bytes)
        header.append(littleEndian: header.withUnsafeBytes { Checksum.of($0) })
        return header + bytes
    }

    init(version: UInt32, logID: LogID, position: UInt64, commit: UInt64, chain: [UInt8], bytes: [UInt8]) {
        self.version = version
        self.logID = logID
        self.position = position
        self.commit = commit
        self.chain = chain
        self.bytes = bytes
    }

    /// The snapshot that a file holds, or what is wrong with it.
    static func parse(_ stored: [UInt8]) -> Result<SnapshotFile, RecordCoding.Damage> {
        guard stored.count >= headerBytes, stored[..<8].elementsEqual(magic) else {
            return .failure(.init("it is no snapshot"))
        }
        let check: UInt32 = stored.littleEndian(at: headerBytes - 4)
        guard stored.withUnsafeBytes({ Checksum.of(.init(rebasing: $0[..<(headerBytes - 4)])) }) == check
        else { return .failure(.init("its header is damaged")) }
        let format: UInt32 = stored.littleEndian(at: 8)
        guard format == Self.format else { return .failure(.init("its format \(format) is unknown")) }
        let bytes = Array(stored[headerBytes...])
        guard UInt64(bytes.count) == stored.littleEndian(at: 80) else {
            return .failure(.init("it has \(bytes.count) bytes of state, and should have others"))
        }
        guard BlobDigest(of: bytes).bytes.elementsEqual(stored[88..<120]) else {
            return .failure(.init("its state does not have the digest that it was written with"))
        }
        return .success(
            SnapshotFile(
                version: stored.littleEndian(at: 12), logID: LogID(bytes: stored[16..<32]),
                position: stored.littleEndian(at: 32), commit: stored.littleEndian(at: 40),
                chain: Array(stored[48..<80]), bytes: bytes))
    }
}
