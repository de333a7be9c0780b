/// A step on its way to the writer thread.
struct QueuedStep: Sendable {
    var records: [[UInt8]]
    var blobs: [(digest: BlobDigest, content: [UInt8])]
    var byteCount: Int
    /// The positions of the records; given when the step is taken into the queue.
    var range: ClosedRange<UInt64> = 0...0
    var completion: @Sendable (Result<ClosedRange<UInt64>, EventLogError>) -> Void

    /// Checks the step against the limits and digests its blobs.
    init(
        _ step: Step, _ options: EventLog.Options,
        completion: @escaping @Sendable (Result<ClosedRange<UInt64>, EventLogError>) -> Void
    ) throws(EventLogError) {
        guard !step.records.isEmpty else { throw EventLogError.emptyStep }
        byteCount = 0
        for record in step.records {
            guard record.count <= options.recordBytesLimit else {
                throw EventLogError.recordTooLarge(bytes: record.count, limit: options.recordBytesLimit)
            }
            byteCount += record.count + RecordCoding.headerBytes
        }
        for blob in step.blobs {
            guard blob.count <= options.blobBytesLimit else {
                throw EventLogError.blobTooLarge(bytes: blob.count, limit: options.blobBytesLimit)
            }
            byteCount += blob.count
        }
        records = step.records
        blobs = step.blobs.map { (BlobDigest(of: $0), $0) }
        self.completion = completion
    }
}
