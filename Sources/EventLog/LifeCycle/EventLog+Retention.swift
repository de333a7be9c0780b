import CLMDB
import Glibc

extension EventLog {
    /// Moves everything up to a position out of the log into a sealed archive in its folder `archives`: records, commits,
    /// index entries and the blobs that nothing later refers to.
    ///
    /// The commit at the position stays as what the chain goes on from, so that the rest still verifies, and a snapshot
    /// at the position is what folds begin from. The archive is verified before anything is taken out; taking out is one
    /// transaction, during which appending waits. The data file does not become smaller: its pages are used again.
    ///
    /// - Parameters:
    ///   - position: a durable position at which a commit ends: see ``EventLogReader/commitEnd(atOrBefore:)``.
    ///   - onProgress: called with the last archived position.
    /// - Throws: ``EventLogError/invalidRetention(position:reason:)`` for a position at which no commit ends, or at which
    ///   there is no snapshot.
    public func retire(
        through position: UInt64, onProgress: (UInt64) -> Void = { _ in }
    ) throws(EventLogError) -> LogArchive {
        let files = reader.lease.files
        let base = try reader.base()
        try requireRetirable(position, base, files)
        let former = try chain(beforeCommitAt: position)
        let path = files.archives + "/" + LogArchive.name(base: base, last: position)
        let archive = try write(path, through: position, onProgress)
        let blobs = try blobsOnly(through: position)
        let newBase = LogBase(position: position, formerChain: former)
        try writer.perform { commit throws(EventLogError) in try commit.retire(to: newBase) }
        let store = BlobStore(files: files)
        for digest in blobs { try store.remove(digest) }
        let snapshots = SnapshotStore(files: files)
        for name in try snapshots.names() where name.position < position { unlink(snapshots.path(of: name)) }
        return archive
    }

    private func requireRetirable(
        _ position: UInt64, _ base: UInt64, _ files: LogFiles
    ) throws(EventLogError) {
        guard position > base else {
            throw EventLogError.invalidRetention(
                position: position, reason: "the log begins behind \(base) already")
        }
        guard position <= durableHead else {
            throw EventLogError.invalidRetention(
                position: position, reason: "the last durable record is \(durableHead)")
        }
        let end = try reader.commitEnd(atOrBefore: position)
        guard end == position else {
            throw EventLogError.invalidRetention(
                position: position, reason: "no commit ends there; one ends at \(end)")
        }
        guard try SnapshotStore(files: files).names().contains(where: { $0.position == position }) else {
            throw EventLogError.invalidRetention(
                position: position,
                reason: "there is no snapshot of that position, so nothing could be folded any more")
        }
    }

    private func chain(beforeCommitAt position: UInt64) throws(EventLogError) -> [UInt8] {
        try reader.lease.current().read { transaction throws(EventLogError) in
            guard let commit = try transaction.commit(before: position) else { return [] }
            if let former = try transaction.commit(before: commit.first - 1) { return former.chain }
            return []
        }
    }

    /// Writes the archive beside its place, verifies it and moves it there.
    private func write(
        _ path: String, through position: UInt64, _ onProgress: (UInt64) -> Void
    ) throws(EventLogError) -> LogArchive {
        try Folder.create(reader.lease.files.archives)
        let temporary = path + ".new"
        do {
            let file = try File(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC)
            var writing = BufferedWriting(file)
            var last: UInt64 = 0
            _ = try withoutActuallyEscaping(onProgress) { onProgress in
                try reader.export(
                    .protobuf, through: position,
                    describe: { record in
                        last = record.sequence
                        return nil
                    },
                    write: { bytes in
                        try writing.write(bytes)
                        onProgress(last)
                    })
            }
            try writing.finish()
            let archive = try LogArchive.verify(temporary)
            guard rename(temporary, path) == 0 else {
                throw EventLogError.system(operation: "rename", path: path, errno: errno)
            }
            try Folder.synchronise(reader.lease.files.archives)
            var placed = archive
            placed.path = path
            return placed
        } catch {
            unlink(temporary)
            guard let error = error as? EventLogError else {
                preconditionFailure("unexpected error \(error)")
            }
            throw error
        }
    }

    /// The blobs that only steps up to a position refer to.
    private func blobsOnly(through position: UInt64) throws(EventLogError) -> [BlobDigest] {
        let all = try reader.blobReferences()
        let kept = Set(all.filter { $0.sequence > position }.map(\.digest))
        return Set(all.map(\.digest)).subtracting(kept).sorted()
    }
}

extension GroupCommit {
    /// Takes everything up to the new base out of the log, in one transaction.
    mutating func retire(to base: LogBase) throws(EventLogError) {
        var commit = last
        commit.transactionID += 1
        try environment.withHandles { handles throws(EventLogError) in
            var pointer: OpaquePointer?
            try environment.check(mdb_txn_begin(handles.env, nil, 0, &pointer), "begin a write transaction")
            guard let pointer else { return }
            guard UInt64(lmdb: mdb_txn_id(pointer)) == commit.transactionID else {
                mdb_txn_abort(pointer)
                throw EventLogError.fenced(path: environment.files.folder)
            }
            let writing = TransactionWriting(transaction: pointer, handles: handles)
            var code = writing.removeRecords(through: base.position)
            if code == 0 { code = writing.trimIndex(through: base.position) }
            if code == 0 { code = writing.removeCommits(before: base.position) }
            if code == 0 { code = writing.put(base) }
            if code == 0 { code = writing.put(commit) }
            if code == 0 { code = mdb_txn_commit(pointer) } else { mdb_txn_abort(pointer) }
            try environment.check(code, "retire records up to \(base.position)")
        }
        last = commit
        if block.indexed < base.position { block = try environment.unindexedBlock(behind: block.indexed) }
    }
}

extension Environment {
    /// The records behind the last one that the index has.
    fileprivate func unindexedBlock(behind indexed: UInt64) throws(EventLogError) -> IndexBlock {
        try read { transaction throws(EventLogError) in try transaction.unindexedRecords(behind: indexed) }
    }
}
