import Glibc

/// A lock on a log's folder, for what may not happen at once: taking something out of the folder, and copying it.
///
/// flock(2) belongs to the open file, so two holders in one process exclude each other too. It ends with its owner, or
/// with the process.
struct FolderLock: ~Copyable {
    private let file: File

    /// Waits until nobody takes anything out, and keeps it so.
    init(sharing folder: String) throws(EventLogError) {
        let file = try File(opening: folder, O_RDONLY | O_DIRECTORY)
        _ = try Self.lock(file, LOCK_SH)
        self.file = file
    }

    /// Waits until nobody else has the lock.
    init(taking folder: String) throws(EventLogError) {
        let file = try File(opening: folder, O_RDONLY | O_DIRECTORY)
        _ = try Self.lock(file, LOCK_EX)
        self.file = file
    }

    /// Takes the lock if nobody has it.
    init?(trying folder: String) throws(EventLogError) {
        let file = try File(opening: folder, O_RDONLY | O_DIRECTORY)
        guard try Self.lock(file, LOCK_EX | LOCK_NB) else { return nil }
        self.file = file
    }

    /// False if somebody else has it.
    private static func lock(_ file: borrowing File, _ operation: Int32) throws(EventLogError) -> Bool {
        while flock(file.descriptor, operation) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            default: throw EventLogError.system(operation: "flock", path: file.path, errno: errno)
            }
        }
        return true
    }
}
