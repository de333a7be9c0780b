import Foundation

/// A lock that processes hold on a file, until it is let go of or the process ends, however it ends (flock(2)).
final class FileLock {
    private let descriptor: Int32

    /// Waits for the lock.
    ///
    /// - Parameter waiting: Called once if another process holds it.
    init(_ path: String, waiting: () -> Void) throws {
        // Never removed: a lock on a file that is not there any more would lock nothing.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw FetchError.unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
        waiting()
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                throw FetchError.unwritable(path: path, reason: String(cString: strerror(errno)))
            }
        }
    }

    deinit { close(descriptor) }
}
