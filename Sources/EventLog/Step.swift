import Crypto

/// Records that are appended together: after any crash all of them are in the log, or none.
///
/// A step is one buffer in the form in which its records are stored, so that building one takes no allocation per
/// record. Whoever builds it also computes the checks, the digest and a large step's index, on its own thread.
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
    public private(set) var count = 0

    private var buffer: StepBuffer
    /// How many types and streams the records have, all in all.
    private var termCount = 0
    /// The largest payload, in bytes.
    private var largestPayload = 0
    private var blobs: [(digest: BlobDigest, content: [UInt8])] = []
    private var references: [BlobDigest] = []
    /// How many streams a record had that was not taken; the step is refused when it is appended.
    private var excessiveStreams = 0

    /// The caller of a step with so many records works out its index, the writer that of smaller ones together.
    private static let indexedRecords = 32
    /// What a record takes beside its payload, for one with two streams.
    private static let usualOverhead = 4 + RecordCoding.headerBytes + 2 * StreamID.byteCount

    /// A step without records yet.
    ///
    /// - Parameters:
    ///   - bytes: room for so many bytes of payloads.
    ///   - count: room for so many records.
    public init(reservingBytes bytes: Int = 0, records count: Int = 0) {
        buffer = StepBuffer(capacity: bytes + count * Self.usualOverhead)
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
        if !isKnownUniquelyReferenced(&buffer) {
            buffer = StepBuffer(copying: buffer, adding: 4 + storedBytes)
        }
        let place = buffer.grow(by: 4 + storedBytes)
        place.storeBytes(of: UInt32(storedBytes).littleEndian, as: UInt32.self)
        let stored = place + 4
        stored.storeBytes(of: count == 0 ? RecordCoding.beginsStep : 0, toByteOffset: 4, as: UInt8.self)
        stored.storeBytes(of: UInt8(streams.count), toByteOffset: 5, as: UInt8.self)
        stored.storeBytes(of: type.littleEndian, toByteOffset: 6, as: UInt16.self)
        var next = stored + RecordCoding.headerBytes
        for stream in streams {
            next.storeBytes(of: stream.value.bigEndian, as: UInt128.self)
            next += StreamID.byteCount
        }
        if let start = payload.baseAddress { next.copyMemory(from: start, byteCount: payload.count) }
        Self.setCheck(stored, storedBytes)
        count += 1
        termCount += streams.count + (type == 0 ? 0 : 1)
        largestPayload = max(largestPayload, payload.count)
    }

    /// Sets a record's check, without its sequence number.
    private static func setCheck(_ stored: UnsafeMutableRawPointer, _ size: Int) {
        let check = Checksum.of(UnsafeRawBufferPointer(start: stored + 4, count: size - 4))
        stored.storeBytes(of: check.littleEndian, as: UInt32.self)
    }

    /// The step as it is queued: key and blobs are in its first record, its digest is computed, and its index if it is large.
    consuming func sealed(_ options: EventLog.Options) throws(EventLogError) -> SealedStep {
        try check(options)
        if !key.isEmpty || !references.isEmpty { putIntoFirstRecord() }
        return SealedStep(
            buffer: buffer, count: count, digest: SHA256.hash(data: buffer.bytes),
            run: count < Self.indexedRecords ? nil : run, key: key, blobs: blobs)
    }

    private func check(_ options: EventLog.Options) throws(EventLogError) {
        guard excessiveStreams == 0 else {
            throw EventLogError.tooManyStreams(count: excessiveStreams, limit: Self.streamsLimit)
        }
        guard count > 0 else { throw EventLogError.emptyStep }
        guard key.count <= Self.keyBytesLimit else {
            throw EventLogError.keyTooLong(bytes: key.count, limit: Self.keyBytesLimit)
        }
        guard references.count <= Self.blobsLimit else {
            throw EventLogError.tooManyBlobs(count: references.count, limit: Self.blobsLimit)
        }
        guard largestPayload <= options.recordBytesLimit else {
            throw EventLogError.recordTooLarge(bytes: largestPayload, limit: options.recordBytesLimit)
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
        }
        if !references.isEmpty {
            flags |= RecordCoding.hasBlobs
            part.append(littleEndian: UInt16(references.count))
            for digest in references { part.append(contentsOf: digest.bytes) }
        }
        termCount += references.count + (key.isEmpty ? 0 : 1)
        if !isKnownUniquelyReferenced(&buffer) {
            buffer = StepBuffer(copying: buffer, adding: part.count)
        }
        let size = Int(UInt32(littleEndian: buffer.base.loadUnaligned(as: UInt32.self)))
        let streams = Int(buffer.bytes[4 + 5])
        buffer.insert(part, at: 4 + RecordCoding.headerBytes + streams * StreamID.byteCount)
        buffer.base.storeBytes(of: UInt32(size + part.count).littleEndian, as: UInt32.self)
        buffer.base.storeBytes(of: flags, toByteOffset: 4 + 4, as: UInt8.self)
        Self.setCheck(buffer.base + 4, size + part.count)
    }

    /// The index of the step's records, without a place.
    private var run: IndexRun {
        var groups = TermGroups(reservingPairs: termCount)
        Self.forEachRecord(in: buffer.bytes) { index, layout, stored in
            let record = UInt32(index)
            layout.forEachTerm(in: stored) { groups.add($0, record) }
        }
        return IndexRun(groups)
    }

    /// Gives `body` every record in its stored form, and its place in the step.
    @inline(__always)
    fileprivate static func forEachRecord(
        in framed: UnsafeRawBufferPointer, _ body: (Int, RecordLayout, UnsafeRawBufferPointer) -> Void
    ) {
        var offset = 0
        var index = 0
        while offset < framed.count {
            let size = Int(
                UInt32(littleEndian: framed.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            let stored = UnsafeRawBufferPointer(rebasing: framed[(offset + 4)..<(offset + 4 + size)])
            if let layout = RecordLayout(stored) { body(index, layout, stored) }
            offset += 4 + size
            index += 1
        }
    }
}

/// A step as it is written.
final class SealedStep: Sendable {
    private let buffer: StepBuffer
    /// How many records it has.
    let count: Int
    let digest: SHA256.Digest
    /// The index of the step's records, without a place, if its caller has worked it out.
    let run: IndexRun?
    let key: [UInt8]
    let blobs: [(digest: BlobDigest, content: [UInt8])]
    /// What the step takes in the queue, in bytes.
    let byteCount: Int

    init(
        buffer: StepBuffer, count: Int, digest: SHA256.Digest, run: IndexRun?, key: [UInt8],
        blobs: [(digest: BlobDigest, content: [UInt8])]
    ) {
        self.buffer = buffer
        self.count = count
        self.digest = digest
        self.run = run
        self.key = key
        self.blobs = blobs
        byteCount = blobs.reduce(buffer.count) { $0 + $1.content.count }
    }

    /// Runs `body` with the records, each preceded by its length in 4 bytes.
    func withFramed<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withExtendedLifetime(buffer) { body(buffer.bytes) }
    }

    /// Runs `body` with each record in its stored form, and its place in the step.
    func withRecords(_ body: (Int, RecordLayout, UnsafeRawBufferPointer) -> Void) {
        withFramed { Step.forEachRecord(in: $0, body) }
    }

    /// The position of the step's newest record of a term, counted from the step's first as 0.
    func newest(of term: IndexTerm) -> UInt64? {
        var newest: UInt64?
        withRecords { index, layout, stored in
            layout.forEachTerm(in: stored) { if $0 == term { newest = UInt64(index) } }
        }
        return newest
    }
}

extension SHA256.Digest {
    /// The 32 bytes.
    var array: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
