import Glibc

/// The kernel lock that makes a process the one writer of a log; it ends with its process, however that ends.
///
/// flock(2) belongs to the open file and not to the process, so other openings and closings of the same file in
/// this process do not lose it. The file holds the writer's process id as text, for whoever is refused.
final class WriterLock: Sendable {
    private let file: File

    init(_ files: LogFiles) throws(EventLogError) {
        let file = try File(opening: files.writerLock, O_RDWR | O_CREAT)
        var attempts = 0
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK:
                // Somebody who reads a page without LMDB's table of readers holds the lock for a moment.
                let pid = try Self.holder(of: file)
                attempts += 1
                guard pid == 0, attempts < 10 else {
                    throw EventLogError.heldByWriter(path: files.folder, pid: pid)
                }
            default: throw EventLogError.system(operation: "flock", path: files.writerLock, errno: errno)
            }
        }
        try file.check(ftruncate(file.descriptor, 0), "ftruncate")
        try file.write(Array("\(getpid())\n".utf8), at: 0)
        self.file = file
    }

    /// Gives the lock up; only when nothing can be committed any more.
    func release() {
        // An empty file names nobody; the lock itself is what counts, so a failure here changes nothing.
        _ = ftruncate(file.descriptor, 0)
        _ = flock(file.descriptor, LOCK_UN)
    }

    /// The id of the living process that the file names, 0 if there is none even after a while: a writer takes the
    /// lock before it writes its id.
    static func holder(of file: borrowing File) throws(EventLogError) -> Int32 {
        for _ in 0..<20 {
            let text = String(decoding: try file.read(at: 0, count: 16), as: UTF8.self)
            if text.last == "\n", let pid = Int32(text.dropLast()), kill(pid, 0) == 0 || errno == EPERM {
                return pid
            }
            usleep(5000)
        }
        return 0
    }
}
