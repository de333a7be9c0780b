import Glibc

/// A folder of its own for one run, removed at its end unless something was found.
struct Scratch: ~Copyable {
    let path: String
    var isKept = false

    init() throws {
        var template = Array("/tmp/event-log-proof-XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil, let real = realpath(template, nil) else {
            throw Violation("no folder for the logs could be made: errno \(errno)")
        }
        path = String(cString: real)
        free(real)
    }

    deinit {
        if !isKept { FileTree.remove(path) }
    }
}

/// Files and folders, as far as the harnesses need them.
enum FileTree {
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
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

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func copy(_ path: String, to target: String) throws {
        guard isFolder(path) else { return try write(content(of: path), to: target) }
        mkdir(target, 0o755)
        for name in names(in: path) { try copy(path + "/" + name, to: target + "/" + name) }
    }

    static func remove(_ path: String) {
        if isFolder(path) {
            for name in names(in: path) { remove(path + "/" + name) }
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    /// The content of a file; empty if it cannot be read.
    static func content(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, filled in
            while filled < buffer.count, let base = buffer.baseAddress {
                let count = read(descriptor, base + filled, buffer.count - filled)
                guard count > 0 else { break }
                filled += count
            }
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Violation("\(path) could not be written: errno \(errno)") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Violation("\(path) could not be written: errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }
}
