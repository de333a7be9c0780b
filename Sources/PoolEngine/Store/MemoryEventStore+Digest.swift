import Crypto
import EventLog
import Pool

extension MemoryEventStore {
    /// SHA-256 over the log's id and every record: where steps begin, types, streams and bytes, each with its length.
    public func recordsDigest() -> Pool.Digest {
        var hash = SHA256()
        hash.update(data: logID)
        for record in read(from: 1, limit: .max) {
            var head: [UInt8] = [record.beginsStep ? 1 : 0]
            head.append(contentsOf: withUnsafeBytes(of: record.type.bigEndian) { Array($0) })
            for count in [UInt32(record.streams.count), UInt32(record.bytes.count)] {
                head.append(contentsOf: withUnsafeBytes(of: count.bigEndian) { Array($0) })
            }
            for stream in record.streams {
                head.append(contentsOf: withUnsafeBytes(of: stream.value.bigEndian) { Array($0) })
            }
            hash.update(data: head)
            hash.update(data: record.bytes)
        }
        guard let digest = Pool.Digest(bytes: hash.finalize()) else {
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        return digest
    }
}
