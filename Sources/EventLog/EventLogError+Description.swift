import CLMDB
import Glibc

extension EventLogError: CustomStringConvertible {
    /// One sentence on what failed and where, and one on what to do.
    public var description: String {
        switch self {
        case .notFound(let path):
            "There is no log at \(path). Check the path, or open it for writing to create one."
        case .notALog(let path, let reason):
            "\(path) is not an event log: \(reason). Choose another folder."
        case .newerFormat(let path, let found, let supported):
            """
            The log at \(path) has format \(found), but this version knows formats up to \(supported). \
            Use a newer version.
            """
        case .olderFormat(let path, let found, let supported):
            """
            The log at \(path) has format \(found), which no released version wrote; this version knows formats \
            from \(supported) on. Use the version that wrote it.
            """
        case .lockTableUnwritable(let path, let pid):
            """
            The log at \(path) is being written by \(pid > 0 ? "process \(pid)" : "another process"), and may be \
            read meanwhile only by who can write its file lock.mdb. End the writer, or read a backup.
            """
        case .heldByWriter(let path, let pid):
            """
            The log at \(path) is being written by \(pid > 0 ? "process \(pid)" : "another process"). \
            End that writer first, or open the log for reading.
            """
        case .writerOpenInProcess(let path):
            "The log at \(path) is open for writing in this process already. Use that one."
        case .fenced(let path):
            "Another writer has committed to the log at \(path). Close this one and open the log anew."
        case .closed(let path):
            "The log at \(path) has been closed. Open it again to use it."
        case .damaged(let path, let sequence, let problem):
            """
            The log at \(path) is damaged\(sequence.map { " at record \($0)" } ?? ""): \(problem). \
            Verify it, and restore it from a backup.
            """
        case .blobMissing(let digest):
            "The log holds no blob \(digest). Restore its file from a backup."
        case .blobAltered(let digest):
            "The file of blob \(digest) has other content. Restore it from a backup."
        case .emptyStep:
            "A step needs at least one record."
        case .tooManyStreams(let count, let limit):
            "A record with \(count) streams exceeds the limit of \(limit). Put it into fewer."
        case .tooManyBlobs(let count, let limit):
            "A step that refers to \(count) blobs exceeds the limit of \(limit). Split it."
        case .keyTooLong(let bytes, let limit):
            "An idempotency key of \(bytes) bytes exceeds the limit of \(limit). Use a digest of it."
        case .unexpectedHead(let expected, let actual):
            "The log was expected to end at \(expected), but it ends at \(actual). Read what is new, and decide anew."
        case .unexpectedStream(let stream, let expected, let actual):
            """
            The newest record of stream \(stream) was expected at \(expected), but it is at \(actual). Read what is \
            new, and decide anew.
            """
        case .retired(let path, let sequence, let first):
            """
            Record \(sequence) of the log at \(path) was moved to an archive; the log begins at \(first). Import the \
            archive, or read from \(first) on.
            """
        case .alreadyExists(let path):
            "There is something at \(path) already. Choose a path where there is nothing."
        case .damagedExport(let path, let record, let problem):
            """
            The export \(path) cannot be read\(record.map { " at record \($0)" } ?? ""): \(problem). Export the log anew, \
            or use another copy.
            """
        case .invalidRetention(let position, let reason):
            "Records cannot be archived up to \(position): \(reason)."
        case .invalidSnapshot(let reason):
            "The snapshot cannot be kept: \(reason)."
        case .noSnapshot(let fold, let base):
            """
            The log begins behind record \(base), and there is no snapshot of the fold "\(fold)" to begin from. Import \
            the archive of what came before.
            """
        case .recordTooLarge(let bytes, let limit):
            "A record of \(bytes) bytes exceeds the limit of \(limit). Store large content as a blob."
        case .blobTooLarge(let bytes, let limit):
            "A blob of \(bytes) bytes exceeds the limit of \(limit). Split it, or raise the limit."
        case .queueFull(let queuedBytes, let limit):
            "\(queuedBytes) bytes wait for the writer, and the limit is \(limit). Try again when some are durable."
        case .system(let operation, let path, let code):
            "\(operation) failed on \(path): \(String(cString: strerror(code))). Check disk, limits and permissions."
        case .lmdb(let operation, let path, let code):
            "LMDB could not \(operation) in \(path): \(String(cString: mdb_strerror(code))) (\(code))."
        case .writingFailed(let path, let cause):
            "Writing to the log at \(path) has stopped after a failed commit. \(cause) Then open the log anew."
        }
    }
}
