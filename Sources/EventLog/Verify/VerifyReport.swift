/// What a verification found.
public struct VerifyReport: Hashable, Sendable {
    /// Whether the whole log is as it was written.
    public var ok: Bool { problem == nil }
    /// How many records were found as written.
    public var records: UInt64
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

    /// A report of the given findings.
    public init(
        records: UInt64 = 0, commits: UInt64 = 0, lastGood: UInt64 = 0, firstBad: UInt64? = nil,
        problem: String? = nil, chain: [UInt8] = [], alteredBlobs: [BlobDigest] = []
    ) {
        self.records = records
        self.commits = commits
        self.lastGood = lastGood
        self.firstBad = firstBad
        self.problem = problem
        self.chain = chain
        self.alteredBlobs = alteredBlobs
    }
}

/// How far a verification has come.
public struct VerifyProgress: Hashable, Sendable {
    /// The last record that was found as written.
    public var lastGood: UInt64
    /// How many commits were found as written.
    public var commits: UInt64

    /// Progress as far as the given record, after the given number of commits.
    public init(lastGood: UInt64, commits: UInt64) {
        self.lastGood = lastGood
        self.commits = commits
    }
}
