import EventLog
import Glibc

/// What a writer whose process ended, or whose disk failed, leaves beside what it finished.
enum LogRemains {
    /// The positions of the snapshots that a log's folder has.
    static func snapshots(of path: String) -> [UInt64] {
        FileTree.names(in: path + "/snapshots/" + RunningDigest.name).compactMap { name in
            let parts = name.split(separator: "-")
            return parts.count == 2 ? UInt64(parts[1]) : nil
        }
    }

    /// A log that was opened for writing has nothing unfinished, and no snapshot from before its base.
    static func requireNone(in path: String, base: UInt64) throws {
        for folder in ["", "/blobs", "/archives", "/snapshots/" + RunningDigest.name] {
            if let name = FileTree.names(in: path + folder).first(where: { $0.contains(".new") }) {
                throw Violation("the unfinished \(folder)/\(name) is still there")
            }
        }
        if let old = snapshots(of: path).first(where: { $0 < base }) {
            throw Violation("the snapshot at \(old) is still there, though the log begins behind \(base)")
        }
    }
}

extension LogModel {
    /// Checks the backups in a folder, and removes them. What was finished has to be there; one that was not is begun
    /// again at its place.
    func checkBackups(
        in folder: String, of reader: EventLogReader, _ answers: LifeCycleAnswers, _ tally: inout Tally
    ) throws {
        for number in answers.finished(.backup) {
            let path = LifeCycleAnswers.backup(number, in: folder)
            guard FileTree.isFolder(path) else {
                throw Violation("the finished backup \(number) is not there")
            }
        }
        let unfinished = ".partial"
        for name in FileTree.names(in: folder) where name.hasPrefix("backup-") {
            var path = folder + "/" + name
            if name.hasSuffix(unfinished) {
                path.removeLast(unfinished.count)
                _ = try reader.backUp(to: path)
                tally.add("backups left unfinished")
            }
            try checkBackup(path)
            tally.add("backups verified")
            FileTree.remove(path)
        }
    }
}
