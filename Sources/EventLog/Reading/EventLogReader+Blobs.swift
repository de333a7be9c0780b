/// What a check of a blob found.
public enum BlobCondition: Hashable, Sendable {
    /// The content has the digest that it is stored under, and this many bytes.
    case intact(bytes: Int)
    /// The content has another digest.
    case altered
    /// A step refers to the blob, but it is not there; `sequence` is the step's first record.
    case missing(sequence: UInt64)
    /// No step refers to the file: it was stored for a step that was never committed, or somebody put it there.
    case orphaned(bytes: Int)
}

extension EventLogReader {
    /// Gives `body` every blob that a step refers to or that is stored, in the order of the digests.
    public func checkBlobs(_ body: (BlobDigest, BlobCondition) throws -> Void) throws {
        _ = try lease.current()
        let store = BlobStore(files: lease.files)
        let stored = try store.digests()
        let referred = try referredBlobs()
        for digest in Set(stored).union(referred.keys).sorted() {
            let condition: BlobCondition
            do throws(EventLogError) {
                let bytes = try store.content(of: digest).count
                condition = referred[digest] == nil ? .orphaned(bytes: bytes) : .intact(bytes: bytes)
            } catch .blobAltered {
                condition = .altered
            } catch .blobMissing {
                // One that was there a moment ago and is referred to by nothing was being tidied up.
                guard let sequence = referred[digest] else { continue }
                condition = .missing(sequence: sequence)
            }
            try body(digest, condition)
        }
    }

    /// The blobs that steps up to a position refer to, each with the first step that does.
    func referredBlobs(through last: UInt64 = .max) throws(EventLogError) -> [BlobDigest: UInt64] {
        var referred: [BlobDigest: UInt64] = [:]
        for reference in try blobReferences() where reference.sequence <= last {
            referred[reference.digest] = min(referred[reference.digest] ?? .max, reference.sequence)
        }
        return referred
    }

    /// Every reference of a step to a blob, by the step's first record; some perhaps twice.
    func blobReferences() throws(EventLogError) -> [(digest: BlobDigest, sequence: UInt64)] {
        // First what is not in the index yet: a commit that indexes it meanwhile then loses nothing.
        var references = try lease.current().read { transaction throws(EventLogError) in
            try transaction.unindexedBlobReferences()
        }
        var next: ReadTransaction.BlobPlace? = .init()
        while let start = next {
            next = try lease.current().read { transaction throws(EventLogError) in
                let (page, following) = try transaction.blobReferences(
                    from: start, limit: Self.defaultPageSize)
                references += page
                return following
            }
        }
        return references
    }
}
