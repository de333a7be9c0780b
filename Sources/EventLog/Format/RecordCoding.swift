/// The stored form of one record.
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 4 | CRC-32C of everything from offset 4 on, combined by exclusive or with the check of the sequence number |
/// | 4 | 1 | flags: 1 begins a step, 2 has an idempotency key, 4 refers to blobs |
/// | 5 | 1 | number of streams |
/// | 6 | 2 | type |
/// | 8 | 16 each | streams, big-endian |
/// | | 1 + n | with flag 2: the key, preceded by its length |
/// | | 2 + 32 each | with flag 4: digests of blobs, preceded by their number |
/// | | rest | payload |
///
/// Integers are little-endian unless it is said otherwise. Key and blobs belong to a step and stand in its first record.
enum RecordCoding {
    static let headerBytes = 8
    /// The largest payload of the format.
    static let payloadBytesLimit = 64 << 20
    /// The largest stored form; a stored size beyond it is damage.
    static let storedBytesLimit =
        payloadBytesLimit + headerBytes + 255 * StreamID.byteCount + 256 + 2 + 65535 * BlobDigest.byteCount

    static let beginsStep: UInt8 = 1
    static let hasKey: UInt8 = 2
    static let hasBlobs: UInt8 = 4

    /// What is wrong with a stored value.
    struct Damage: Error {
        let problem: String

        init(_ problem: String) {
            self.problem = problem
        }
    }

    /// Whether the stored form is that of the record at `sequence`, or what is wrong with it.
    static func check(_ stored: UnsafeRawBufferPointer, sequence: UInt64) -> Damage? {
        guard stored.count >= headerBytes else {
            return Damage("its \(stored.count) bytes are too few for a record")
        }
        guard stored.count <= storedBytesLimit else {
            return Damage("it claims to have \(stored.count) bytes")
        }
        let expected = UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self))
        let found = Checksum.of(UnsafeRawBufferPointer(rebasing: stored[4...])) ^ Checksum.mask(of: sequence)
        return found == expected ? nil : Damage("its checksum does not match")
    }
}

/// Where the parts of a record lie in its stored form. It is small, as one is made for every record that is read.
struct RecordLayout {
    let payloadStart: Int
    let type: UInt16
    private let blobCount: UInt16
    private let flags: UInt8
    private let streams: UInt8
    private let keyBytes: UInt8

    var beginsStep: Bool { flags & RecordCoding.beginsStep != 0 }
    var streamCount: Int { Int(streams) }

    private var streamsEnd: Int { RecordCoding.headerBytes + streamCount * StreamID.byteCount }

    /// Where the idempotency key lies.
    var key: Range<Int> {
        let start = streamsEnd + (flags & RecordCoding.hasKey != 0 ? 1 : 0)
        return start..<start + Int(keyBytes)
    }

    /// Where the digests of blobs lie.
    var blobs: Range<Int> { payloadStart - Int(blobCount) * BlobDigest.byteCount..<payloadStart }

    /// The layout of a stored form, nil if it contradicts its size or has flags that are unknown.
    @inline(__always)
    init?(_ stored: UnsafeRawBufferPointer) {
        guard stored.count >= RecordCoding.headerBytes else { return nil }
        flags = stored[4]
        streams = stored[5]
        type = UInt16(littleEndian: stored.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        var offset = RecordCoding.headerBytes + Int(streams) * StreamID.byteCount
        guard flags & ~7 == 0, offset <= stored.count else { return nil }
        var (keyBytes, blobCount): (UInt8, UInt16) = (0, 0)
        if flags & (RecordCoding.hasKey | RecordCoding.hasBlobs) != 0 {
            if flags & RecordCoding.hasKey != 0 {
                guard offset < stored.count else { return nil }
                keyBytes = stored[offset]
                offset += 1 + Int(keyBytes)
            }
            if flags & RecordCoding.hasBlobs != 0 {
                guard offset + 2 <= stored.count else { return nil }
                blobCount = UInt16(
                    littleEndian: stored.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
                offset += 2 + Int(blobCount) * BlobDigest.byteCount
            }
            guard offset <= stored.count else { return nil }
        }
        self.keyBytes = keyBytes
        self.blobCount = blobCount
        payloadStart = offset
    }

    func stream(_ index: Int, in stored: UnsafeRawBufferPointer) -> StreamID {
        let offset = RecordCoding.headerBytes + index * StreamID.byteCount
        let value = stored.loadUnaligned(fromByteOffset: offset, as: UInt128.self)
        return StreamID(UInt128(bigEndian: value))
    }

    /// Gives `body` everything that the record is found by in the index.
    @inline(__always)
    func forEachTerm(in stored: UnsafeRawBufferPointer, _ body: (IndexTerm) -> Void) {
        if !blobs.isEmpty { for digest in blobDigests(in: stored) { body(.blob(digest)) } }
        if !key.isEmpty { body(.key(stored[key])) }
        if type != 0 { body(.type(type)) }
        for index in 0..<streamCount { body(.stream(stream(index, in: stored))) }
    }

    func blobDigests(in stored: UnsafeRawBufferPointer) -> [BlobDigest] {
        stride(from: blobs.lowerBound, to: blobs.upperBound, by: BlobDigest.byteCount).map {
            BlobDigest(stored: stored[$0..<($0 + BlobDigest.byteCount)])
        }
    }
}
