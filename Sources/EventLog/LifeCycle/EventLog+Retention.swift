import CLMDB
import Glibc

extension EventLog {
    /// Moves everything up to a position out of the log into a sealed archive in its folder `archives`: records, commits,
    /// index entries and the blobs that nothing later refers to.
    ///
    /// The commit at the position stays as what the chain goes on from, so that the rest still verifies, and a snapshot
    /// at the position is what folds begin from. The archive is verified before anything is taken out; taking out is one
    /// transaction, during which appending waits. The data file does not become smaller: its pages are used again.
    /// Retirements and backups wait for each other.
    ///
    /// - Parameters:
    ///   - position: a durable position at which a commit ends: see ``EventLogReader/commitEnd(atOrBefore:)``.
    ///   - onProgress: called with the last archived position.
    /// - Throws: ``EventLogError/invalidRetention(position:reason:)`` for a position at which no commit ends, or at which
    ///   there is no sound snapshot; ``EventLogError/writingFailed(path:cause:)`` if taking out fails, which stops the log
    ///   as a failed commit does.
    public func retire(
        through position: UInt64, onProgress: (UInt64) -> Void = { _ in }
    ) throws(EventLogError) -> LogArchive {
        let files = reader.lease.files
        let lock = try FolderLock(taking: files.folder)
        defer { withExtendedLifetime(lock) {} }
        let base = try reader.base()
        try requireRetirable(position, base, files)
        let newBase = LogBase(position: position, formerChain: try chain(beforeCommitAt: position))
        let path = files.archives + "/" + LogArchive.name(base: base, last: position)
        let archive = try write(path, through: position, onProgress)
        reader.reach(.archivePlaced)
        let head = durableHead
        let blobs = try blobsOnly(through: position)
        try writer.perform { [reader] commit throws(EventLogError) in
            try commit.retire(to: newBase) { reader.reach($0) }
        }
        reader.reach(.retirementCommitted)
        try writer.perform { commit throws(EventLogError) in
            try commit.remove(blobs, exceptIfReferredToBehind: head)
        }
        reader.reach(.retiredBlobsRemoved)
        try SnapshotStore(files: files).remove(before: position)
        reader.reach(.retiredSnapshotsRemoved)
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
        let store = SnapshotStore(files: files)
        for name in try store.names() where name.position == position {
            if case .success(let file)? = try store.read(name),
                try EventLogReader.contradiction(file, reader.lease.current()) == nil
            {
                return
            }
        }
        throw EventLogError.invalidRetention(
            position: position,
            reason: "there is no sound snapshot of that position, so nothing could be folded any more")
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
        try Folder.create(reader.lease.files.archives, durablyIn: reader.lease.files.folder)
        let temporary = path + LogArchive.unfinishedSuffix
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
            reader.reach(.archiveWritten)
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
    ///
    /// - Throws: ``EventLogError/writingFailed(path:cause:)`` if that fails: what LMDB has to go on from is not known then.
    fileprivate mutating func retire(
        to base: LogBase, reaching reach: (LifeCyclePoint) -> Void
    ) throws(EventLogError) {
        try amend("retire records up to \(base.position)") { writing in
            reach(.retirementBegun)
            var code = writing.removeRecords(through: base.position)
            if code == 0 { code = writing.trimIndex(through: base.position) }
            if code == 0 { code = writing.removeCommits(before: base.position) }
            if code == 0 { code = writing.put(base) }
            if code == 0 { reach(.retirementPut) }
            return code
        }
        if block.indexed < base.position {
            block = try environment.read { [indexed = block.indexed] transaction throws(EventLogError) in
                try transaction.unindexedRecords(behind: indexed)
            }
        }
    }

    /// Removes blobs, but for those that a step behind a position refers to again.
    fileprivate func remove(
        _ blobs: [BlobDigest], exceptIfReferredToBehind position: UInt64
    ) throws(EventLogError) {
        let kept = try environment.read { transaction throws(EventLogError) in
            try transaction.blobDigests(behind: position)
        }
        let store = BlobStore(files: environment.files)
        for digest in blobs where !kept.contains(digest) { try store.remove(digest) }
    }
}

extension ReadTransaction {
    /// The blobs that steps behind a position refer to.
    fileprivate func blobDigests(behind position: UInt64) throws(EventLogError) -> Set<BlobDigest> {
        var digests: Set<BlobDigest> = []
        try forEachStored(from: position + 1) { _, layout, stored in
            digests.formUnion(layout.blobDigests(in: stored))
            return true
        }
        return digests
    }
}
