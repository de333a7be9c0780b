import Crypto
import Pool

extension Pool.Digest {
    /// The SHA-256 digest of some bytes (FIPS 180-4).
    public init(sha256 bytes: [UInt8]) {
        guard let digest = Self(bytes: SHA256.hash(data: bytes)) else {
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        self = digest
    }
}

extension PoolState {
    /// SHA-256 of the state's canonical bytes: what `state_digest_recorded` holds.
    public var digest: Pool.Digest { Pool.Digest(sha256: canonicalBytes()) }
}

extension Payload {
    /// Payloads up to this size, in bytes, stand in the event itself.
    public static let inlineLimit = 1024

    /// The payload for some bytes, and the blob to store with the step if they are too large to stand inline.
    public static func storing(_ bytes: [UInt8]) -> (payload: Payload, blobs: [[UInt8]]) {
        if bytes.count <= inlineLimit {
            return (Payload(inline: bytes, sizeBytes: UInt64(bytes.count)), [])
        }
        return (Payload(digest: Pool.Digest(sha256: bytes), sizeBytes: UInt64(bytes.count)), [bytes])
    }

    /// The payload's bytes, from the event or from the store.
    public func bytes(in store: some EventSource) throws -> [UInt8] {
        if let digest { return try store.blob(digest) }
        return inline
    }
}
