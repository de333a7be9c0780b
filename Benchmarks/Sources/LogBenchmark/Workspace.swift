import Foundation
import Glibc
import Measuring

/// A temporary folder on the disk that is measured.
struct Workspace {
    let folder: String

    init(in parent: String) throws {
        folder = parent + "/weir-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Runs `body` with a new folder, which is then removed. The removal is on disk before anything else is measured.
    func withFolder<Value>(_ name: String, _ body: (String) throws -> Value) throws -> Value {
        let path = folder + "/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer {
            try? FileManager.default.removeItem(atPath: path)
            sync()
        }
        return try body(path)
    }

    /// A folder in another.
    static func folder(_ name: String, in parent: String) throws -> String {
        let path = parent + "/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Bytes of disk that all files in a folder take.
    static func diskBytes(of folder: String) throws -> Int {
        guard let paths = FileManager.default.enumerator(atPath: folder) else {
            throw BenchmarkError("\(folder) cannot be listed")
        }
        var bytes = 0
        for case let path as String in paths {
            var status = stat()
            guard lstat(folder + "/" + path, &status) == 0 else {
                throw BenchmarkError("\(path) cannot be examined: \(String(cString: strerror(errno)))")
            }
            if status.st_mode & S_IFMT == S_IFREG { bytes += Int(status.st_blocks) * 512 }
        }
        return bytes
    }
}
