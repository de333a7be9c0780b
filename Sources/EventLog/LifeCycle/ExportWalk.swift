import Crypto

/// Takes the items of an export in order and checks everything that they say: the digests of steps and commits, the
/// chain, the blobs and the end. What has been checked is handed to a builder, if there is one.
struct ExportWalk {
    /// Names the export in errors.
    let path: String
    private var builder: LogBuilder?
    private let destination: String?
    private var hash = SHA256()
    private(set) var header: ExportItem.Header?
    /// The newest commit that was read.
    private(set) var last: CommitRecord?
    private(set) var end: ExportItem.End?
    private var steps: [SealedStep] = []
    private var step: Step?
    private var stepBlobs: [BlobDigest] = []
    private var next: UInt64 = 1
    private var records: UInt64 = 0
    private var commits: UInt64 = 0
    private var referred: Set<BlobDigest> = []
    private var contained: Set<BlobDigest> = []
    private var options = EventLog.Options()

    /// A walk that only checks.
    init(checking path: String) {
        self.path = path
        destination = nil
        options.recordBytesLimit = RecordCoding.payloadBytesLimit
    }

    /// A walk that builds a log at `destination`, or goes on with what a former one built.
    init(_ path: String, into destination: String, after former: ExportWalk?) {
        self.init(checking: path, destination)
        builder = former?.builder
        last = former?.last
        contained = former?.contained ?? []
    }

    private init(checking path: String, _ destination: String) {
        self.path = path
        self.destination = destination
        options.recordBytesLimit = RecordCoding.payloadBytesLimit
    }

    /// Takes the next item.
    mutating func take(_ raw: ArraySlice<UInt8>) throws(EventLogError) {
        guard end == nil else { throw failure("something follows its end") }
        let item: ExportItem
        do throws(RecordCoding.Damage) {
            item = try ExportItem(parsing: raw)
        } catch {
            throw failure(error.problem)
        }
        if case .end = item {} else { hash.update(item: Array(raw)) }
        guard header != nil || item.isHeader else { throw failure("it does not begin with a header") }
        switch item {
        case .header(let header): try begin(header)
        case .record(let record): try take(record)
        case .commit(let commit): try take(commit)
        case .blob(let content):
            contained.insert(BlobDigest(of: content))
            try builder?.add(blob: content)
        case .snapshot(let fold, let stored):
            guard case .success = SnapshotFile.parse(stored) else {
                throw failure("its snapshot of \(fold) is damaged")
            }
            try builder?.add(snapshot: stored, fold: fold)
        case .end(let end): try take(end)
        }
    }

    private mutating func begin(_ header: ExportItem.Header) throws(EventLogError) {
        guard self.header == nil else { throw failure("it has a second header") }
        self.header = header
        if let origin = header.origin {
            guard origin.commit.chain == origin.commit.expectedChain(after: origin.base.formerChain) else {
                throw failure("the commit that it begins behind is not as written")
            }
        }
        let start = header.origin?.commit ?? CommitRecord(creating: header.metadata, transactionID: 0)
        if let last, builder != nil {
            guard last.last == start.last, last.chain == start.chain else {
                throw failure(
                    "it begins behind record \(start.last), which does not continue the export before it")
            }
        } else if let destination {
            builder = try LogBuilder(at: destination, header.metadata, origin: header.origin)
        }
        last = start
        next = start.last + 1
    }

    private mutating func take(_ record: ExportedRecord) throws(EventLogError) {
        guard record.sequence == next else {
            throw failure("record \(record.sequence) stands where record \(next) should")
        }
        next += 1
        records += 1
        if record.beginsStep {
            try finishStep()
            step = Step()
            step?.key = record.stepKey
            stepBlobs = record.stepBlobs
            referred.formUnion(record.stepBlobs)
        }
        guard step != nil else { throw failure("record \(record.sequence) belongs to no step") }
        step?.append(record.payload, type: record.type, streams: record.streams)
    }

    private mutating func finishStep() throws(EventLogError) {
        guard var step else { return }
        for digest in stepBlobs { step.addReference(toBlob: digest) }
        steps.append(try step.sealed(options))
        self.step = nil
    }

    private mutating func take(_ commit: CommitRecord) throws(EventLogError) {
        try finishStep()
        guard let last, commit.number == last.number + 1, commit.first == last.last + 1,
            commit.last == next - 1, !steps.isEmpty
        else { throw failure("commit \(commit.number) does not follow upon the one before") }
        var digests = SHA256()
        for step in steps { step.digest.withUnsafeBytes { digests.update(bufferPointer: $0) } }
        guard Array(digests.finalize()) == commit.stepsDigest else {
            throw failure("records \(commit.first) to \(commit.last) do not have their commit's digest")
        }
        guard commit.chain == commit.expectedChain(after: last.chain) else {
            throw failure("commit \(commit.number) does not continue the chain")
        }
        try builder?.append(commit, steps)
        steps.removeAll(keepingCapacity: true)
        commits += 1
        self.last = commit
    }

    private mutating func take(_ end: ExportItem.End) throws(EventLogError) {
        guard steps.isEmpty, step == nil else { throw failure("its last records belong to no commit") }
        guard end.records == records, end.commits == commits, end.chain == last?.chain,
            end.digest == Array(hash.finalize())
        else { throw failure("its end does not agree with what comes before") }
        if let missing = referred.subtracting(contained).min() {
            throw failure("the blob \(missing) is missing")
        }
        self.end = end
    }

    /// Requires that the end was there: an export that was cut short has none.
    func requireEnd() throws(EventLogError) {
        guard end != nil else {
            throw failure(header == nil ? "it is empty" : "it ends after record \(next - 1), before its end")
        }
    }

    /// Verifies what was built and moves it to its place.
    mutating func finish() throws(EventLogError) -> VerifyReport {
        defer { builder = nil }
        guard let builder else { throw failure("it is empty") }
        return try builder.finish()
    }

    private func failure(_ problem: String) -> EventLogError {
        .damagedExport(path: path, record: next == 1 && header == nil ? nil : next, problem: problem)
    }
}

extension ExportItem {
    fileprivate var isHeader: Bool {
        if case .header = self { true } else { false }
    }
}
