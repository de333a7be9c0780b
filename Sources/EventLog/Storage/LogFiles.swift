/// Where the parts of a log lie in its folder.
struct LogFiles: Sendable {
    let folder: String

    /// LMDB's data file.
    var data: String { folder + "/data.mdb" }
    /// LMDB's table of readers.
    var lockTable: String { folder + "/lock.mdb" }
    /// Where a data file is made that does not exist yet.
    var creation: String { folder + "/data.new" }
    /// Held by the one writer.
    var writerLock: String { folder + "/writer.lock" }
    /// The last acknowledged record.
    var acknowledged: String { folder + "/acknowledged" }
    /// Blobs by digest.
    var blobs: String { folder + "/blobs" }
    /// Snapshots of folds.
    var snapshots: String { folder + "/snapshots" }
    /// What was moved out of the log.
    var archives: String { folder + "/archives" }
}
