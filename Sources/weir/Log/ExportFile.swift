import Foundation

/// The file that an export goes to, or standard output. A file that is not finished is removed.
final class ExportFile {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferBytes = 1 << 18

    /// - Parameter path: A file that must not exist; `-` is standard output.
    init(_ path: String) throws {
        self.path = path
        guard path != "-" else {
            descriptor = STDOUT_FILENO
            return
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let reason = errno == EEXIST ? "it exists already" : String(cString: strerror(errno))
            throw UsageError("\(path) cannot be written: \(reason)")
        }
    }

    func write(_ bytes: [UInt8]) throws {
        buffer += bytes
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// Writes the rest, and makes a file durable.
    func finish() throws {
        try flush()
        guard path != "-" else { return }
        guard fsync(descriptor) == 0, close(descriptor) == 0 else { throw failure() }
    }

    /// Removes what has been written to a file.
    func discard() {
        guard path != "-" else { return }
        close(descriptor)
        unlink(path)
    }

    private func flush() throws {
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                // Whoever read standard output, such as head, has seen enough.
                if errno == EPIPE, path == "-" { exit(0) }
                throw failure()
            }
            rest = rest.dropFirst(written)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure() -> FailedError {
        FailedError("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
