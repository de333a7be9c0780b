/// A sealed file of what was moved out of a log: an export in the format `protobuf` of everything between two bases.
public struct LogArchive: Hashable, Sendable {
    /// Where the file is.
    public var path: String
    /// The identity of the log.
    public var logID: LogID
    /// The position that it begins behind.
    public var base: UInt64
    /// The last record in it.
    public var last: UInt64
    /// How many records it has.
    public var records: UInt64
    /// The chain of its last commit; the chain of the log goes on from it.
    public var chain: [UInt8]
    /// The chain at the position that it begins behind.
    var originChain: [UInt8]

    /// Checks the whole of an archive, or of another export.
    ///
    /// - Throws: ``EventLogError/damagedExport(path:record:problem:)`` if anything is not as it was written.
    public static func verify(_ path: String) throws(EventLogError) -> LogArchive {
        var walk = ExportWalk(checking: path)
        try EventLog.walk(path, &walk) { _ in }
        guard let header = walk.header, let end = walk.end, let last = walk.last else {
            throw EventLogError.damagedExport(path: path, record: nil, problem: "it is empty")
        }
        return LogArchive(
            path: path, logID: header.metadata.logID, base: header.origin?.base.position ?? 0,
            last: last.last,
            records: end.records, chain: end.chain, originChain: header.origin?.commit.chain ?? [])
    }

    private static let suffix = ".weirlog"
    /// Ends the name of an archive that is being written.
    static let unfinishedSuffix = ".new"

    /// The name of the archive of the records behind `base` up to `last`.
    static func name(base: UInt64, last: UInt64) -> String {
        func digits(_ number: UInt64) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, 20 - text.utf8.count)) + text
        }
        return digits(base + 1) + "-" + digits(last) + suffix
    }

    /// The names of a log's archives, in the order of their records.
    static func names(in files: LogFiles) throws(EventLogError) -> [String] {
        try Folder.names(in: files.archives).filter { $0.hasSuffix(suffix) }
    }

    /// Removes what a writer that was killed had begun to write.
    static func removeUnfinished(in files: LogFiles) throws(EventLogError) {
        for name in try Folder.names(in: files.archives) where name.hasSuffix(suffix + unfinishedSuffix) {
            try Folder.removeAll(files.archives + "/" + name)
        }
    }
}
