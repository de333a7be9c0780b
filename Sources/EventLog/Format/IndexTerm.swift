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

extension IndexTerm: Comparable {
    static func < (left: IndexTerm, right: IndexTerm) -> Bool {
        left.kind == right.kind ? left.id < right.id : left.kind.rawValue < right.kind.rawValue
    }
}
