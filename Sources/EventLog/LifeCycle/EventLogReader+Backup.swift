import CLMDB
import Glibc

extension EventLogReader {
    /// Copies the log as it is now into a new log at `path`, also while it is being written: compacted, with its blobs,
    /// snapshots and archives, and verified. The copy has the same chain.
    ///
    /// Reading is done in short transactions, so that a long copy keeps no pages from being used again (LOG-6).
    /// Backups and retirements wait for each other.
    ///
    /// - Parameter onProgress: called with the last copied position.
    /// - Throws: ``EventLogError/alreadyExists(path:)`` if there is something at `path`; other errors leave nothing there.
    public func backUp(
        to path: String, onProgress: (UInt64) -> Void = { _ in }
    ) throws(EventLogError) -> VerifyReport {
        let lock = try FolderLock(sharing: lease.files.folder)
        defer { withExtendedLifetime(lock) {} }
        let (origin, end) = try lease.current().read { transaction throws(EventLogError) in
            (try transaction.origin(), try transaction.lastCommit())
        }
        let builder = try LogBuilder(at: path, lease.metadata, origin: origin)
        reach(.backupBegun)
        let base = origin?.base.position ?? 0
        var former = base
        while former < end.last {
            for commit in try commits(after: former, limit: 1024) where commit.last <= end.last {
                try copyRecords(of: commit, builder)
                try builder.append(commit)
                former = commit.last
                onProgress(former)
            }
        }
        reach(.backupRecordsCopied)
        for digest in try referredBlobs(through: end.last).keys.sorted() {
            try builder.add(blob: try blob(digest))
        }
        reach(.backupBlobsCopied)
        try copyFiles(through: end.last, builder)
        reach(.backupFilesCopied)
        let report = try builder.finish { reach(.backupVerified) }
        reach(.backupPlaced)
        return report
    }

    private func copyRecords(of commit: CommitRecord, _ builder: LogBuilder) throws(EventLogError) {
        var next = commit.first
        while next <= commit.last {
            next = try lease.current().read { transaction throws(EventLogError) in
                try transaction.requireKept(next)
                var bytes = 0
                var last = next - 1
                try transaction.forEachStored(from: next) { sequence, layout, stored throws(EventLogError) in
                    if let damage = RecordCoding.check(stored, sequence: sequence) {
                        throw EventLogError.damaged(
                            path: self.path, sequence: sequence, problem: damage.problem)
                    }
                    try builder.append(stored: stored, layout, at: sequence)
                    bytes += stored.count
                    last = sequence
                    return sequence < commit.last && sequence - next < 4095 && bytes < 4 << 20
                }
                guard last >= next else {
                    throw EventLogError.damaged(
                        path: self.path, sequence: next, problem: "it is not in its place")
                }
                return last + 1
            }
        }
    }

    /// The commits that follow upon the one that ends at a position.
    func commits(after position: UInt64, limit: Int) throws(EventLogError) -> [CommitRecord] {
        try lease.current().read { transaction throws(EventLogError) in
            let cursor = try transaction.cursor(on: transaction.commits)
            var commits: [CommitRecord] = []
            var entry = try cursor.move(MDB_SET_RANGE, to: position &+ 1)
            while let found = entry, commits.count < limit {
                commits.append(try transaction.commit(found))
                entry = try cursor.move(MDB_NEXT)
            }
            return commits
        }
    }

    private func copyFiles(through last: UInt64, _ builder: LogBuilder) throws(EventLogError) {
        let environment = try lease.current()
        let store = SnapshotStore(files: lease.files)
        for name in try store.names() where name.position <= last {
            guard case .success(let file)? = try store.read(name),
                try Self.contradiction(file, environment) == nil
            else { continue }
            try builder.add(snapshot: file.stored, fold: name.fold)
        }
        for name in try LogArchive.names(in: lease.files) {
            let file = try File(opening: lease.files.archives + "/" + name, O_RDONLY)
            try builder.add(file: try file.read(at: 0, count: try file.size()), name) { $0.archives }
        }
    }
}
