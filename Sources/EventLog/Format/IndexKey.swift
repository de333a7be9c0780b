/// What an entry of the index is about.
enum IndexKind: UInt8 {
    /// Records of a type, by the type's number.
    case type = 1
    /// Records of a stream, by its id.
    case stream = 2
    /// Steps with an idempotency key, by the first 16 bytes of the key's SHA-256 digest.
    case key = 3
    /// Steps that refer to a blob, by the first 16 bytes of its digest.
    case blob = 4
}

/// What records are found by in the index.
struct IndexTerm: Hashable {
    let kind: IndexKind
    let id: UInt128

    static func type(_ type: UInt16) -> IndexTerm { IndexTerm(kind: .type, id: UInt128(type)) }
    static func stream(_ stream: StreamID) -> IndexTerm { IndexTerm(kind: .stream, id: stream.value) }
    static func key(_ key: some Sequence<UInt8>) -> IndexTerm {
        IndexTerm(kind: .key, id: StreamID(prefixOf: BlobDigest(of: Array(key)).bytes).value)
    }
    static func blob(_ digest: BlobDigest) -> IndexTerm {
        IndexTerm(kind: .blob, id: StreamID(prefixOf: digest.bytes).value)
    }
}

/// The key of an entry: kind (1 byte), id (16 bytes) and the sequence number of the first record of the entry (8 bytes),
/// both big-endian, so that LMDB's order of bytes is the order of terms and then of records.
struct IndexKey: Equatable {
    var term: IndexTerm
    var first: UInt64

    static let byteCount = 1 + 16 + 8

    init(_ term: IndexTerm, first: UInt64) {
        self.term = term
        self.first = first
    }

    /// The key that `bytes` are, nil if they are none.
    init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount, let kind = IndexKind(rawValue: bytes[0]) else { return nil }
        let id = UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt128.self))
        term = IndexTerm(kind: kind, id: id)
        first = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 17, as: UInt64.self))
    }

    /// Runs `body` with the stored form.
    @inline(__always)
    func withStored<Value, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        var storage: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        return try withUnsafeMutableBytes(of: &storage) { bytes throws(Failure) in
            bytes[0] = term.kind.rawValue
            bytes.storeBytes(of: term.id.bigEndian, toByteOffset: 1, as: UInt128.self)
            bytes.storeBytes(of: first.bigEndian, toByteOffset: 17, as: UInt64.self)
            return try body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<Self.byteCount]))
        }
    }
}
