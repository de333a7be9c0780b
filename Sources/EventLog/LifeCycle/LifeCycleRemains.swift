/// What a snapshot or a retirement leaves behind when its process ends on the way.
enum LifeCycleRemains {
    /// Removes it. Only for a log's writer; a snapshot that is being written by a reader meanwhile is written again.
    static func remove(from environment: Environment) throws(EventLogError) {
        let base = try environment.read { transaction throws(EventLogError) in try transaction.base() }
        let snapshots = SnapshotStore(files: environment.files)
        try snapshots.removeUnfinished()
        try snapshots.remove(before: base)
        try LogArchive.removeUnfinished(in: environment.files)
    }
}
