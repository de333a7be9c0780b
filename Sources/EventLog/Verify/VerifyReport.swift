/// What a verification found.
public struct VerifyReport: Hashable, Sendable {
    /// Whether the whole log is as it was written.
    public var ok: Bool { problem == nil }
    /// How many records were found as written.
    public var records: UInt64
    /// The position that the log begins behind, 0 if it has everything.
    public var base: UInt64
    /// How many commits were found as written; the creation of the log is not counted.
    public var commits: UInt64
    /// The last record up to which everything is as written, 0 if that is none.
    public var lastGood: UInt64
    /// The first record that is not as written. Nil if all are, also when something else is wrong: a page that no
    /// record depends on, or a blob.
    public var firstBad: UInt64?
    /// What is wrong; nil if nothing is.
    public var problem: String?
    /// The hash of the last commit that was found as written. It answers for every byte of every record before
    /// it: two logs with the same chain hold the same. Empty if no commit was reached.
    public var chain: [UInt8]
    /// The blobs whose content is not what their digest says.
    public var alteredBlobs: [BlobDigest]
    /// The blobs that a step refers to and that are not there.
    public var missingBlobs: [BlobDigest]
    /// The blobs that no step refers to. A writer that was killed may have left them, so they are no damage.
    public var orphanedBlobs: [BlobDigest]
    /// How many snapshots were found as written and of this log.
    public var snapshots: Int
    /// How many archives were found as written, without a gap up to the log's base.
    public var archives: Int

    /// A report of the given findings.
    public init(
        records: UInt64 = 0, base: UInt64 = 0, commits: UInt64 = 0, lastGood: UInt64 = 0,
        firstBad: UInt64? = nil, problem: String? = nil, chain: [UInt8] = [],
        alteredBlobs: [BlobDigest] = [], missingBlobs: [BlobDigest] = [],
        orphanedBlobs: [BlobDigest] = [], snapshots: Int = 0, archives: Int = 0
    ) {
        self.records = records
        self.base = base
        self.commits = commits
        self.lastGood = lastGood
        self.firstBad = firstBad
        self.problem = problem
        self.chain = chain
        self.alteredBlobs = alteredBlobs
        self.missingBlobs = missingBlobs
        self.orphanedBlobs = orphanedBlobs
        self.snapshots = snapshots
        self.archives = archives
    }
}

/// How far a verification has come.
public struct VerifyProgress: Hashable, Sendable {
    /// The last record that was found as written.
    public var lastGood: UInt64
    /// How many records were found as written.
    public var records: UInt64
    /// The number of the last commit that was found as written.
    public var commits: UInt64

    /// Progress as far as the given record, after the given numbers of records and commits.
    public init(lastGood: UInt64, records: UInt64, commits: UInt64) {
        self.lastGood = lastGood
        self.records = records
        self.commits = commits
    }
}
