/// What can go wrong with a log. Every case names what failed and where; the description adds what to do.
public enum EventLogError: Error, Hashable, Sendable {
    /// There is no folder at the path.
    case notFound(path: String)
    /// There is something at the path, but it is not a log.
    case notALog(path: String, reason: String)
    /// The log was written in a format that this version does not know.
    case newerFormat(path: String, found: UInt32, supported: UInt32)
    /// The log was written in a format that was given up before the first release.
    case olderFormat(path: String, found: UInt32, supported: UInt32)
    /// Another process has the log open for writing; `pid` is 0 if it could not be told.
    case heldByWriter(path: String, pid: Int32)
    /// This process has the log open for writing already.
    case writerOpenInProcess(path: String)
    /// The log can only be read without LMDB's table of readers, as its lock file cannot be written, and that is safe
    /// only while nobody writes; `pid` is the writer, 0 if it could not be told.
    case lockTableUnwritable(path: String, pid: Int32)
    /// Somebody else has committed to the log since this writer opened it, so it may not write any more.
    case fenced(path: String)
    /// The log, or the reader, was closed.
    case closed(path: String)
    /// Stored bytes are not those that were written. `sequence` is the first record affected, if it can be told.
    case damaged(path: String, sequence: UInt64?, problem: String)
    /// No blob is stored under the digest.
    case blobMissing(BlobDigest)
    /// The blob stored under the digest has other content.
    case blobAltered(BlobDigest)
    /// A step without records was submitted.
    case emptyStep
    /// A record with more streams than ``Step/streamsLimit``.
    case tooManyStreams(count: Int, limit: Int)
    /// A step that refers to more blobs than ``Step/blobsLimit``.
    case tooManyBlobs(count: Int, limit: Int)
    /// An idempotency key exceeds ``Step/keyBytesLimit``.
    case keyTooLong(bytes: Int, limit: Int)
    /// The log's last accepted record is not where ``Expectation/head(_:)`` said.
    case unexpectedHead(expected: UInt64, actual: UInt64)
    /// The stream's newest record is not where ``Expectation/stream(_:newest:)`` said.
    case unexpectedStream(StreamID, expected: UInt64, actual: UInt64)
    /// What was asked for lies before the log's first record: it was moved to an archive.
    case retired(path: String, sequence: UInt64, first: UInt64)
    /// There is something where a log is to be made.
    case alreadyExists(path: String)
    /// An export, or an archive, is not as it was written. `record` is the record at which that was found.
    case damagedExport(path: String, record: UInt64?, problem: String)
    /// Records cannot be moved to an archive up to the position.
    case invalidRetention(position: UInt64, reason: String)
    /// A snapshot cannot be kept.
    case invalidSnapshot(reason: String)
    /// The log begins behind `base`, and there is no snapshot of the fold to begin from.
    case noSnapshot(fold: String, base: UInt64)
    /// A record exceeds ``EventLog/Options/recordBytesLimit``.
    case recordTooLarge(bytes: Int, limit: Int)
    /// A blob exceeds ``EventLog/Options/blobBytesLimit``.
    case blobTooLarge(bytes: Int, limit: Int)
    /// The steps that wait for the writer hold more than ``EventLog/Options/queuedBytesLimit``.
    case queueFull(queuedBytes: Int, limit: Int)
    /// A system call failed.
    case system(operation: String, path: String, errno: Int32)
    /// LMDB failed; `code` is its return code.
    case lmdb(operation: String, path: String, code: Int32)
    /// A commit failed, so the log accepts no further steps until it is opened anew. No step that was answered
    /// with this error was acknowledged; those of the failing commit may or may not be in the log.
    indirect case writingFailed(path: String, cause: EventLogError)
}
