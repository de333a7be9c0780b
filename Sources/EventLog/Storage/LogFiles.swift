/// Where the parts of a log lie in its folder.
struct LogFiles: Sendable {
    let folder: String

    /// LMDB's data file; LMDB keeps `lock.mdb` beside it.
    var data: String { folder + "/data.mdb" }
    /// Held by the one writer.
    var writerLock: String { folder + "/writer.lock" }
    /// The last acknowledged record.
    var acknowledged: String { folder + "/acknowledged" }
    /// Blobs by digest.
    var blobs: String { folder + "/blobs" }
}
