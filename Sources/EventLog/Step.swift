import Crypto

/// Records that are appended together: after any crash all of them are in the log, or none.
///
/// A step is one buffer in the form in which its records are stored, so that building one takes no allocation per
/// record. Whoever builds it also computes the checks, the digest and the index entries, on its own thread.
public struct Step: Sendable {
    /// How many streams a record may belong to.
    public static let streamsLimit = 255
    /// The longest idempotency key, in bytes.
    public static let keyBytesLimit = 64
    /// How many blobs a step may refer to.
    public static let blobsLimit = 65535

    /// An idempotency key, at most ``keyBytesLimit`` bytes; empty for none. A step with a key that a former step had
    /// is not appended again; it is answered with the former one's positions.
    public var key: [UInt8] = []
    /// How many records there are.
    public var count: Int { records.count }

    /// Per record its length (4 bytes) and its stored form, with a check that does not know its sequence number.
    private(set) var framed: [UInt8]
    /// Where each record's stored form lies.
    private(set) var records: [Range<Int>] = []
    private var pairs: [Postings.Pair] = []
    private(set) var blobs: [(digest: BlobDigest, content: [UInt8])] = []
    private var references: [BlobDigest] = []
    /// How many streams a record had that was not taken; the step is refused when it is appended.
    private var excessiveStreams = 0

    /// A step without records yet.
    ///
    /// - Parameters:
    ///   - bytes: room for so many bytes of records.
    ///   - count: room for so many records.
    public init(reservingBytes bytes: Int = 0, records count: Int = 0) {
        framed = []
        framed.reserveCapacity(bytes + count * 32)
        records.reserveCapacity(count)
        pairs.reserveCapacity(count * 2)
    }

    /// A step of `records` without type and streams, and of the `blobs` that they refer to.
    public init(records: [[UInt8]], blobs: [[UInt8]] = []) {
        self.init(reservingBytes: records.reduce(0) { $0 + $1.count }, records: records.count)
        for record in records { append(record) }
        for blob in blobs { add(blob: blob) }
    }

    /// Adds a record.
    ///
    /// - Parameters:
    ///   - payload: the record's bytes.
    ///   - type: what the record is found by with ``EventLogReader/read(type:from:limit:_:)``; 0 for none.
    ///   - streams: what it is found by with ``EventLogReader/read(stream:from:limit:_:)``; at most ``streamsLimit``.
    public mutating func append(_ payload: [UInt8], type: UInt16 = 0, streams: [StreamID] = []) {
        payload.withUnsafeBytes { payload in
            streams.withUnsafeBufferPointer { append(payload, type: type, streams: $0) }
        }
    }

    /// Adds a record, whose bytes are copied out of `payload`.
    public mutating func append(_ payload: RawSpan, type: UInt16, streams: Span<StreamID>) {
        payload.withUnsafeBytes { payload in
            streams.withUnsafeBufferPointer { append(payload, type: type, streams: $0) }
        }
    }

    /// Adds a blob's content, durable before the records are. The step refers to it.
    public mutating func add(blob content: [UInt8]) {
        let digest = BlobDigest(of: content)
        blobs.append((digest, content))
        references.append(digest)
    }

    /// Says that the step refers to a blob that is in the log already.
    public mutating func addReference(toBlob digest: BlobDigest) {
        references.append(digest)
    }

    private mutating func append(
        _ payload: UnsafeRawBufferPointer, type: UInt16, streams: UnsafeBufferPointer<StreamID>
    ) {
        guard streams.count <= Self.streamsLimit else {
            excessiveStreams = max(excessiveStreams, streams.count)
            return
        }
        let storedBytes = RecordCoding.headerBytes + streams.count * StreamID.byteCount + payload.count
        let start = framed.count + 4
        let record = UInt32(records.count)
        framed.append(littleEndian: UInt32(storedBytes))
        framed.append(littleEndian: UInt32(0))
        framed.append(records.isEmpty ? RecordCoding.beginsStep : 0)
        framed.append(UInt8(streams.count))
        framed.append(littleEndian: type)
        if type != 0 { pairs.append(Postings.Pair(term: .type(type), record: record)) }
        for stream in streams {
            withUnsafeBytes(of: stream.value.bigEndian) { framed.append(contentsOf: $0) }
            pairs.append(Postings.Pair(term: .stream(stream), record: record))
        }
        framed.append(contentsOf: payload)
        records.append(start..<framed.count)
        updateCheck(of: start..<framed.count)
    }

    private mutating func updateCheck(of record: Range<Int>) {
        framed.withUnsafeMutableBytes { bytes in
            let checked = UnsafeRawBufferPointer(
                rebasing: bytes[(record.lowerBound + 4)..<record.upperBound])
            bytes.storeBytes(
                of: Checksum.of(checked).littleEndian, toByteOffset: record.lowerBound, as: UInt32.self)
        }
    }

    /// The step as it is queued: key and blobs are in its first record, its digest and index entries are computed.
    consuming func sealed(_ options: EventLog.Options) throws(EventLogError) -> SealedStep {
        try check(options)
        if !key.isEmpty || !references.isEmpty { putIntoFirstRecord() }
        let digest = Array(SHA256.hash(data: framed))
        return SealedStep(
            framed: framed, records: records, digest: digest, postings: Postings(pairs), key: key,
            blobs: blobs)
    }

    private func check(_ options: EventLog.Options) throws(EventLogError) {
        guard excessiveStreams == 0 else {
            throw EventLogError.tooManyStreams(count: excessiveStreams, limit: Self.streamsLimit)
        }
        guard !records.isEmpty else { throw EventLogError.emptyStep }
        guard key.count <= Self.keyBytesLimit else {
            throw EventLogError.keyTooLong(bytes: key.count, limit: Self.keyBytesLimit)
        }
        guard references.count <= Self.blobsLimit else {
            throw EventLogError.tooManyBlobs(count: references.count, limit: Self.blobsLimit)
        }
        for record in records {
            let streams = Int(framed[record.lowerBound + 5])
            let payloadBytes = record.count - RecordCoding.headerBytes - streams * StreamID.byteCount
            guard payloadBytes <= options.recordBytesLimit else {
                throw EventLogError.recordTooLarge(bytes: payloadBytes, limit: options.recordBytesLimit)
            }
        }
        for blob in blobs where blob.content.count > options.blobBytesLimit {
            throw EventLogError.blobTooLarge(bytes: blob.content.count, limit: options.blobBytesLimit)
        }
    }

    private mutating func putIntoFirstRecord() {
        var part: [UInt8] = []
        var flags = RecordCoding.beginsStep
        if !key.isEmpty {
            flags |= RecordCoding.hasKey
            part.append(UInt8(key.count))
            part.append(contentsOf: key)
            pairs.insert(Postings.Pair(term: .key(key), record: 0), at: 0)
        }
        if !references.isEmpty {
            flags |= RecordCoding.hasBlobs
            part.append(littleEndian: UInt16(references.count))
            for digest in references { part.append(contentsOf: digest.bytes) }
            pairs.insert(
                contentsOf: references.map { Postings.Pair(term: .blob($0), record: 0) }, at: 0)
        }
        let first = records[0]
        let streams = Int(framed[first.lowerBound + 5])
        framed[first.lowerBound + 4] = flags
        framed.insert(
            contentsOf: part,
            at: first.lowerBound + RecordCoding.headerBytes + streams * StreamID.byteCount)
        records[0] = first.lowerBound..<(first.upperBound + part.count)
        for index in records.indices.dropFirst() {
            let range = records[index]
            records[index] = (range.lowerBound + part.count)..<(range.upperBound + part.count)
        }
        framed.replaceSubrange(
            0..<4, with: withUnsafeBytes(of: UInt32(records[0].count).littleEndian) { Array($0) })
        updateCheck(of: records[0])
    }
}

/// A step as it is written.
struct SealedStep: Sendable {
    let framed: [UInt8]
    let records: [Range<Int>]
    let digest: [UInt8]
    let postings: Postings
    let key: [UInt8]
    let blobs: [(digest: BlobDigest, content: [UInt8])]

    /// What the step takes in the queue, in bytes.
    var byteCount: Int { framed.count + blobs.reduce(0) { $0 + $1.content.count } }

    /// The position of the step's newest record of a term, counted from the step's first as 0.
    func newest(of term: IndexTerm) -> UInt64? {
        guard let entry = postings.entries.last(where: { $0.term == term }) else { return nil }
        return postings.values.withUnsafeBytes {
            Postings.sequences(
                first: UInt64(entry.first), distances: UnsafeRawBufferPointer(rebasing: $0[entry.value]))?
                .last
        }
    }
}
