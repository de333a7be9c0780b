/// The state of a fold after a position, as canonical bytes.
public struct Snapshot: Hashable, Sendable {
    /// The name of the fold: 1 to 64 lower-case letters, digits and hyphens.
    public var fold: String
    /// The version of the fold's rules and of its bytes. A snapshot of another version is of no use to it.
    public var version: UInt32
    /// The last record that was folded.
    public var position: UInt64
    /// The canonical bytes of the state.
    public var bytes: [UInt8]

    /// A snapshot with the given parts.
    public init(fold: String, version: UInt32, position: UInt64, bytes: [UInt8]) {
        self.fold = fold
        self.version = version
        self.position = position
        self.bytes = bytes
    }
}

/// A snapshot that was found and cannot be used, though it is of the right version.
public struct SnapshotProblem: Hashable, Sendable, CustomStringConvertible {
    /// The snapshot's file.
    public var path: String
    /// What is wrong with it.
    public var problem: String

    /// The file and what is wrong with it.
    public var description: String { "\(path): \(problem)" }
}

/// What a search for a snapshot found.
public struct SnapshotSearch: Hashable, Sendable {
    /// The newest one that is as it was written and belongs to the log; nil if there is none.
    public var snapshot: Snapshot?
    /// Newer ones that are damaged, or belong to another history.
    public var problems: [SnapshotProblem]
}
