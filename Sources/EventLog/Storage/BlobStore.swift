import Glibc

/// The blobs of a log: one file per content, `blobs/ab/<digest>`, where `ab` begins the digest.
struct BlobStore: Sendable {
    let files: LogFiles

    private static let temporaryPrefix = ".new-"

    /// Makes the contents durable under their digests. Content that is there already is not written again.
    func store(_ blobs: [(digest: BlobDigest, content: [UInt8])]) throws(EventLogError) {
        guard !blobs.isEmpty else { return }
        var folders: Set<String> = []
        var parents: Set<String> = []
        if try Folder.kind(of: files.blobs) == .nothing {
            try makeFolder(files.blobs)
            parents.insert(files.folder)
        }
        for blob in blobs {
            let folder = folder(of: blob.digest)
            // Folders are flushed even for content that is there: a writer that was killed may have renamed it
            // and died before its own flush.
            folders.insert(folder)
            parents.insert(files.blobs)
            if try Folder.kind(of: folder) == .nothing { try makeFolder(folder) }
            if try holds(blob.content, under: blob.digest) { continue }
            try write(blob.content, under: blob.digest)
        }
        for folder in folders.sorted() { try Folder.synchronise(folder) }
        for folder in parents.sorted() { try Folder.synchronise(folder) }
    }

    /// The content under `digest`, checked.
    func content(of digest: BlobDigest) throws(EventLogError) -> [UInt8] {
        guard try Folder.kind(of: path(of: digest)) == .file else { throw EventLogError.blobMissing(digest) }
        let file = try File(opening: path(of: digest), O_RDONLY)
        let content = try file.read(at: 0, count: try file.size())
        guard BlobDigest(of: content) == digest else { throw EventLogError.blobAltered(digest) }
        return content
    }

    /// The digests that files are stored under, in order. Their contents are not looked at.
    func digests() throws(EventLogError) -> [BlobDigest] {
        var digests: [BlobDigest] = []
        for folder in try Folder.names(in: files.blobs) where folder.utf8.count == 2 {
            for name in try Folder.names(in: files.blobs + "/" + folder) {
                if let digest = BlobDigest(parsing: name), name.hasPrefix(folder) { digests.append(digest) }
            }
        }
        return digests
    }

    /// The size of the file that is stored under a digest.
    func byteCount(of digest: BlobDigest) throws(EventLogError) -> Int {
        try File(opening: path(of: digest), O_RDONLY).size()
    }

    /// Removes a blob; one that is not there is no error.
    func remove(_ digest: BlobDigest) throws(EventLogError) {
        guard unlink(path(of: digest)) == 0 || errno == ENOENT else {
            throw EventLogError.system(operation: "unlink", path: path(of: digest), errno: errno)
        }
    }

    /// Removes what a writer that was killed had begun to write.
    func removeUnfinished() throws(EventLogError) {
        for name in try Folder.names(in: files.blobs) where name.hasPrefix(Self.temporaryPrefix) {
            let path = files.blobs + "/" + name
            guard unlink(path) == 0 || errno == ENOENT else {
                throw EventLogError.system(operation: "unlink", path: path, errno: errno)
            }
        }
    }

    private func folder(of digest: BlobDigest) -> String {
        files.blobs + "/" + digest.description.prefix(2)
    }

    private func path(of digest: BlobDigest) -> String {
        folder(of: digest) + "/" + digest.description
    }

    private func holds(_ content: [UInt8], under digest: BlobDigest) throws(EventLogError) -> Bool {
        let path = path(of: digest)
        guard try Folder.kind(of: path) == .file else { return false }
        let file = try File(opening: path, O_RDONLY)
        guard try file.size() == content.count else { return false }
        return try file.read(at: 0, count: content.count) == content
    }

    private func write(_ content: [UInt8], under digest: BlobDigest) throws(EventLogError) {
        // There is one writer, and it writes one blob at a time, so the name is its own.
        let temporary = files.blobs + "/" + Self.temporaryPrefix + digest.description
        do throws(EventLogError) {
            let file = try File(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(content, at: 0)
            try file.synchroniseData()
            let path = path(of: digest)
            guard rename(temporary, path) == 0 else {
                throw EventLogError.system(operation: "rename", path: path, errno: errno)
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func makeFolder(_ path: String) throws(EventLogError) {
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw EventLogError.system(operation: "mkdir", path: path, errno: errno)
        }
    }
}
