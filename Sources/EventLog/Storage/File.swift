import Glibc

/// An open file descriptor, closed with its owner and never inherited by a child process.
struct File: ~Copyable {
    let descriptor: Int32
    let path: String

    /// Opens `path`; `flags` as of open(2), to which close-on-exec is added.
    init(opening path: String, _ flags: Int32, mode: mode_t = 0o644) throws(EventLogError) {
        var descriptor: Int32
        repeat {
            descriptor = open(path, flags | O_CLOEXEC, mode)
        } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else {
            throw EventLogError.system(operation: "open", path: path, errno: errno)
        }
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens `path`; nil if there is nothing.
    init?(openingIfThere path: String, _ flags: Int32) throws(EventLogError) {
        do throws(EventLogError) {
            try self.init(opening: path, flags)
        } catch .system(_, _, ENOENT) {
            return nil
        }
    }

    deinit {
        close(descriptor)
    }

    func size() throws(EventLogError) -> Int {
        var status = stat()
        try check(fstat(descriptor, &status), "fstat")
        return Int(status.st_size)
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws(EventLogError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let got = pread(descriptor, base + filled, count - filled, off_t(offset + filled))
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        guard failure == 0 else {
            throw EventLogError.system(operation: "pread", path: path, errno: failure)
        }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(EventLogError) {
        var failure: Int32 = 0
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let put = pwrite(
                    descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done,
                    off_t(offset + done))
                if put < 0 && errno == EINTR { continue }
                guard put > 0 else {
                    failure = put < 0 ? errno : EIO
                    return
                }
                done += put
            }
        }
        guard failure == 0 else {
            throw EventLogError.system(operation: "pwrite", path: path, errno: failure)
        }
    }

    /// Makes the file's content and length durable.
    func synchroniseData() throws(EventLogError) {
        try check(fdatasync(descriptor), "fdatasync")
    }

    /// Makes a file durable with its metadata, or a folder with its entries.
    func synchronise() throws(EventLogError) {
        try check(fsync(descriptor), "fsync")
    }

    func check(_ result: Int32, _ operation: String) throws(EventLogError) {
        guard result == 0 else {
            throw EventLogError.system(operation: operation, path: path, errno: errno)
        }
    }
}
