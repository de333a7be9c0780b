import Glibc

/// What makes two paths the same file.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    /// The identity of the file at `path`, or nil if there is none.
    init?(of path: String) throws(EventLogError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw EventLogError.system(operation: "stat", path: path, errno: errno)
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}
