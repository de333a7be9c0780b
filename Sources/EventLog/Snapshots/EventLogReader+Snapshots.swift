extension EventLogReader {
    /// Keeps a snapshot in the log's folder, durably. Of one version of a fold the newest
    /// three are kept, and the one at the log's base.
    ///
    /// - Throws: ``EventLogError/invalidSnapshot(reason:)`` for a name that is none, or a position that the log does not
    ///   have.
    public func save(_ snapshot: Snapshot) throws(EventLogError) {
        guard SnapshotStore.isFoldName(snapshot.fold) else {
            throw EventLogError.invalidSnapshot(
                reason:
                    "\"\(snapshot.fold)\" is no name for a fold; use lower-case letters, digits and hyphens")
        }
        let (head, commit) = try lease.current().read { transaction throws(EventLogError) in
            (try transaction.head(), try transaction.commit(before: snapshot.position))
        }
        guard let commit, snapshot.position <= head else {
            throw EventLogError.invalidSnapshot(
                reason: "it is of position \(snapshot.position), but the log ends at \(head)")
        }
        let file = SnapshotFile(
            version: snapshot.version, logID: logID, position: snapshot.position, commit: commit.last,
            chain: commit.chain, bytes: snapshot.bytes)
        let store = SnapshotStore(files: lease.files)
        try store.write(file, fold: snapshot.fold)
        reach(.snapshotPlaced)
        // While the folder is copied, or records retired, nothing is removed; the next snapshot makes up for it.
        guard let lock = try FolderLock(trying: path) else { return }
        defer { withExtendedLifetime(lock) {} }
        try store.prune(snapshot.fold, version: snapshot.version, keeping: [snapshot.position, try base()])
        reach(.snapshotsPruned)
    }

    /// Finds the newest snapshot of a version of a fold at or before a position. Those of other versions are passed
    /// over; one that is damaged, or of a history that this log does not have, is reported, and an older one is looked
    /// for.
    public func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64 = .max
    ) throws(EventLogError) -> SnapshotSearch {
        let environment = try lease.current()
        let store = SnapshotStore(files: lease.files)
        var search = SnapshotSearch(snapshot: nil, problems: [])
        for name in try store.names(of: fold).reversed()
        where name.version == version && name.position <= last {
            switch try store.read(name) {
            case .success(let file):
                if let problem = try Self.contradiction(file, environment) {
                    search.problems.append(SnapshotProblem(path: store.path(of: name), problem: problem))
                    continue
                }
                search.snapshot = Snapshot(
                    fold: fold, version: version, position: file.position, bytes: file.bytes)
                return search
            case nil: break
            case .failure(let damage):
                search.problems.append(
                    SnapshotProblem(path: store.path(of: name), problem: damage.problem))
            }
        }
        return search
    }

    /// Why a snapshot cannot be of this log; nil if it can. One from before the log's base tells nothing.
    static func contradiction(
        _ file: SnapshotFile, _ environment: Environment
    ) throws(EventLogError) -> String? {
        guard file.logID == environment.metadata.logID else { return "it is of the log \(file.logID)" }
        return try environment.read { transaction throws(EventLogError) in
            guard file.position <= (try transaction.head()) else {
                return "it is of position \(file.position), which the log does not have"
            }
            guard file.position >= (try transaction.base()) else {
                return "it is of position \(file.position), from before the log begins"
            }
            let commit = try transaction.commit(before: file.position)
            guard commit?.last == file.commit, commit?.chain == file.chain else {
                return "the log had another history when it was taken"
            }
            return nil
        }
    }
}
