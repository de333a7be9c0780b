import Glibc

/// The snapshots of a log: `snapshots/<fold>/<version>-<position>`, with version and position in decimal digits of a
/// fixed width.
struct SnapshotStore {
    let files: LogFiles

    /// How many snapshots of one version of a fold are kept.
    static let keptCount = 3

    private static let versionDigits = 10
    private static let positionDigits = 20

    struct Name: Hashable {
        var fold: String
        var version: UInt32
        var position: UInt64

        var file: String {
            SnapshotStore.digits(UInt64(version), SnapshotStore.versionDigits) + "-"
                + SnapshotStore.digits(position, SnapshotStore.positionDigits)
        }
    }

    static func isFoldName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Writes the file, durably.
    func write(_ snapshot: SnapshotFile, fold: String) throws(EventLogError) {
        try Folder.create(files.snapshots + "/" + fold, durablyIn: files.folder)
        let name = Name(fold: fold, version: snapshot.version, position: snapshot.position)
        try Folder.write(snapshot.stored, to: path(of: name))
    }

    /// Removes old snapshots of a version of a fold: all but the newest and those at some positions, of which the log's
    /// base is one, for nothing can take that one's place.
    func prune(_ fold: String, version: UInt32, keeping positions: Set<UInt64>) throws(EventLogError) {
        let versions = try names(of: fold).filter { $0.version == version }
        for old in versions.dropLast(Self.keptCount) where !positions.contains(old.position) {
            try Folder.removeAll(path(of: old))
        }
    }

    /// Removes the snapshots from before a log's base.
    func remove(before base: UInt64) throws(EventLogError) {
        for name in try names() where name.position < base { try Folder.removeAll(path(of: name)) }
    }

    /// Removes what a process that was killed had begun to write.
    func removeUnfinished() throws(EventLogError) {
        for fold in try Folder.names(in: files.snapshots) {
            try Folder.removeUnfinished(in: files.snapshots + "/" + fold)
        }
    }

    /// Every snapshot's name, in the order of folds, versions and positions.
    func names() throws(EventLogError) -> [Name] {
        var names: [Name] = []
        for fold in try Folder.names(in: files.snapshots) { names += try self.names(of: fold) }
        return names
    }

    func names(of fold: String) throws(EventLogError) -> [Name] {
        guard Self.isFoldName(fold) else { return [] }
        return try Folder.names(in: files.snapshots + "/" + fold).compactMap { name in
            let parts = name.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].count == Self.versionDigits,
                parts[1].count == Self.positionDigits, let version = UInt32(parts[0]),
                let position = UInt64(parts[1])
            else { return nil }
            return Name(fold: fold, version: version, position: position)
        }
    }

    /// The snapshot of a name, or what is wrong with its file; nil if that was removed meanwhile.
    func read(_ name: Name) throws(EventLogError) -> Result<SnapshotFile, RecordCoding.Damage>? {
        guard let file = try File(openingIfThere: path(of: name), O_RDONLY) else { return nil }
        let parsed = SnapshotFile.parse(try file.read(at: 0, count: try file.size()))
        guard case .success(let snapshot) = parsed,
            (snapshot.version, snapshot.position) != (name.version, name.position)
        else { return parsed }
        return .failure(
            .init("it is of version \(snapshot.version) at \(snapshot.position), as its name does not say"))
    }

    func path(of name: Name) -> String { files.snapshots + "/" + name.fold + "/" + name.file }

    private static func digits(_ number: UInt64, _ width: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
