import Glibc

/// Folders on disk, and what is at a path.
enum Folder {
    enum Kind {
        case nothing
        case folder
        case file
    }

    static func kind(of path: String) throws(EventLogError) -> Kind {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return .nothing }
            throw EventLogError.system(operation: "stat", path: path, errno: errno)
        }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    /// Whether the file system of the folder has no room for another page.
    static func isFull(_ path: String) -> Bool {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return false }
        return status.f_bavail < 16
    }

    /// Creates the folder and those above it; each new entry is durable when this returns.
    static func create(_ path: String) throws(EventLogError) {
        switch try kind(of: path) {
        case .folder: return
        case .file: throw EventLogError.notALog(path: path, reason: "it is a file")
        case .nothing: break
        }
        let parent = parent(of: path)
        try create(parent)
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw EventLogError.system(operation: "mkdir", path: path, errno: errno)
        }
        try synchronise(parent)
    }

    /// Creates a folder below `root`, which is there. Every entry on the way is durable when this returns, also if the
    /// one who made it could not, or did not live to, flush it.
    static func create(_ path: String, durablyIn root: String) throws(EventLogError) {
        try create(path)
        var folder = path
        while folder != root {
            folder = parent(of: folder)
            try synchronise(folder)
        }
    }

    /// Removes a file, or a folder with all that is in it. What is not there is no error.
    static func removeAll(_ path: String) throws(EventLogError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try removeAll(path + "/" + name) }
            guard rmdir(path) == 0 || errno == ENOENT else {
                throw EventLogError.system(operation: "rmdir", path: path, errno: errno)
            }
        } else if unlink(path) != 0, errno != ENOENT {
            throw EventLogError.system(operation: "unlink", path: path, errno: errno)
        }
    }

    private static let unfinishedInfix = ".new-"

    /// Writes a file whole or not at all, durably, in place of one that may be there.
    static func write(_ content: [UInt8], to path: String) throws(EventLogError) {
        // A writer that opens the log meanwhile takes the unfinished file for one that was left behind.
        var attempts = 1
        while try !writeOnce(content, to: path) {
            attempts += 1
            guard attempts <= 3 else {
                throw EventLogError.system(operation: "rename", path: path, errno: ENOENT)
            }
        }
        try synchronise(parent(of: path))
    }

    /// Removes the files that ``write(_:to:)`` had not finished when its process ended.
    static func removeUnfinished(in path: String) throws(EventLogError) {
        for name in try names(in: path) where name.contains(unfinishedInfix) {
            try removeAll(path + "/" + name)
        }
    }

    /// False if the unfinished file was removed before it came to its place.
    private static func writeOnce(_ content: [UInt8], to path: String) throws(EventLogError) -> Bool {
        // The same file may be written by two threads or processes at once.
        let temporary = path + unfinishedInfix + "\(UInt64.random(in: .min ... .max))"
        do throws(EventLogError) {
            let file = try File(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(content, at: 0)
            try file.synchroniseData()
            guard rename(temporary, path) == 0 else {
                if errno == ENOENT { return false }
                throw EventLogError.system(operation: "rename", path: path, errno: errno)
            }
            return true
        } catch {
            unlink(temporary)
            throw error
        }
    }

    static func synchronise(_ path: String) throws(EventLogError) {
        try File(opening: path, O_RDONLY | O_DIRECTORY).synchronise()
    }

    /// The names in the folder, sorted, without `.` and `..`; none if there is no such folder.
    static func names(in path: String) throws(EventLogError) -> [String] {
        guard let stream = opendir(path) else {
            if errno == ENOENT { return [] }
            throw EventLogError.system(operation: "opendir", path: path, errno: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func parent(of path: String) -> String {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}
