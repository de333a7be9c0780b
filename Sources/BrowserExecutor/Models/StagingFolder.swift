import Foundation

/// A hidden folder in which a model is put together before it appears under its name.
struct StagingFolder {
    let path: String

    private static let prefix = ".adding-"

    /// Makes the folder in that of `target`, and removes those that ended processes have left there.
    init(beside target: String) throws(ModelImportError) {
        let parent = (target as NSString).deletingLastPathComponent
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(Self.prefix) {
            let owner = name.dropFirst(Self.prefix.count).split(separator: "-").first.flatMap { pid_t($0) }
            if let owner, kill(owner, 0) == 0 || errno != ESRCH { continue }
            try? files.removeItem(atPath: parent + "/" + name)
        }
        path = parent + "/" + Self.prefix + "\(getpid())-\(UInt32.random(in: .min ... .max))"
        do {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
    }

    /// Gives the folder its name, in one step where there is none of that name yet.
    func move(to target: String) throws(ModelImportError) {
        let files = FileManager.default
        let old = path + "-replaced"
        defer { try? files.removeItem(atPath: old) }
        do {
            if files.fileExists(atPath: target) { try files.moveItem(atPath: target, toPath: old) }
            try files.moveItem(atPath: path, toPath: target)
        } catch {
            throw .unwritable(path: target, reason: "\(error)")
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
