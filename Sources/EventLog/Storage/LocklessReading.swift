import Glibc

/// Reading without LMDB's table of readers, for a log whose lock file cannot be written: on a read-only mount, or by a
/// user without permission.
///
/// A writer that does not see its readers reuses their pages. So while a page is read, the writer's lock is held as a
/// shared one: no writer can open the log meanwhile, and if one lives, reading is refused. A lock file that is not there
/// and cannot be created means that nobody writes.
struct LocklessReading: ~Copyable {
    /// Holds the lock until it is closed with its owner.
    private let file: File?

    /// Whether the log must be read so.
    static func isNeeded(_ files: LogFiles) throws(EventLogError) -> Bool {
        let path = try Folder.kind(of: files.lockTable) == .nothing ? files.folder : files.lockTable
        return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0 && (errno == EACCES || errno == EROFS)
    }

    init(_ files: LogFiles) throws(EventLogError) {
        guard try Folder.kind(of: files.writerLock) == .file else {
            file = nil
            return
        }
        let file = try File(opening: files.writerLock, O_RDONLY)
        while flock(file.descriptor, LOCK_SH | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK:
                throw EventLogError.lockTableUnwritable(
                    path: files.folder, pid: try WriterLock.holder(of: file))
            default: throw EventLogError.system(operation: "flock", path: files.writerLock, errno: errno)
            }
        }
        self.file = consume file
    }
}
