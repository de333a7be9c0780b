/// Finds every byte of a log that is not as it was written (LOG-4).
///
/// Checked are: each record's checksum, position and step; each commit's fields and its hash over its records;
/// the hash chain over all commits; that readers reach every record on every path, by its position and by the index;
/// that nothing acknowledged is missing at the end; LMDB's own pages; each blob, snapshot and archive. A log may be
/// verified while it is being written: then it is verified up to the head at the start, and LMDB's pages only if there
/// is a moment without a commit. If records are retired meanwhile whose absence would be damage, it begins anew.
///
/// Not found can be what leaves no trace: somebody who rewrites records, all later commits and the file
/// `acknowledged` makes another sound log. Compare ``VerifyReport/chain`` with one that was noted elsewhere.
public enum EventLogVerifier {
    /// Verifies the log at `path` in this process.
    ///
    /// LMDB trusts its pages: if they are damaged, this may end the process by a signal. Where that must not
    /// happen, use ``runIsolated(executable:arguments:path:stallLimitSeconds:onProgress:)``.
    ///
    /// - Parameter onProgress: called after each commit, and now and then while pages and blobs are checked.
    /// - Throws: ``EventLogError`` if there is no log to verify, or it cannot be read. Damage is reported.
    public static func verifyInProcess(
        path: String, onProgress: @escaping (VerifyProgress) -> Void = { _ in }
    ) throws(EventLogError) -> VerifyReport {
        let reader: EventLogReader
        do throws(EventLogError) {
            reader = try EventLog.openForReading(at: path)
        } catch .damaged(_, _, let problem) {
            return VerifyReport(firstBad: 1, problem: problem)
        } catch .lmdb(let operation, _, let code) {
            return VerifyReport(firstBad: 1, problem: "LMDB could not \(operation) (\(code))")
        }
        defer { reader.close() }
        while true {
            let base = base(of: reader)
            let report: Result<VerifyReport, EventLogError>
            do throws(EventLogError) {
                report = .success(try verify(reader, onProgress))
            } catch {
                report = .failure(error)
            }
            if case .success(let report) = report, report.ok { return report }
            // What is missed where a retirement moved it away meanwhile is no damage.
            guard let base, let now = self.base(of: reader), now > base else { return try report.get() }
        }
    }

    /// The position that the log begins behind, nil if that cannot be read.
    private static func base(of reader: EventLogReader) -> UInt64? { try? reader.base() }

    private static func verify(
        _ reader: EventLogReader, _ onProgress: @escaping (VerifyProgress) -> Void
    ) throws(EventLogError) -> VerifyReport {
        let environment = try reader.lease.current()
        var audit = RecordAudit(environment, onProgress: onProgress)
        var damage: EventLogError?
        do throws(EventLogError) {
            try audit.run()
            var pages = 0
            let progress = audit.progress
            try PageAudit.run(environment.files) {
                pages += 1
                if pages % 4096 == 0 { onProgress(progress) }
            }
        } catch {
            damage = error
        }
        var report = report(audit)
        if let damage { try add(damage, to: &report) }
        try checkBlobs(reader, audit.progress, onProgress, &report)
        try checkSnapshots(reader, &report)
        try checkArchives(reader, audit.progress, onProgress, &report)
        return report
    }

    private static func report(_ audit: RecordAudit) -> VerifyReport {
        VerifyReport(
            records: audit.records, base: audit.lastGood - audit.records, commits: audit.progress.commits,
            lastGood: audit.lastGood, chain: audit.last?.chain ?? [])
    }

    private static func add(_ error: EventLogError, to report: inout VerifyReport) throws(EventLogError) {
        switch error {
        case .damaged(_, let sequence, let problem):
            report.problem = problem
            // Records before the bad one in the same commit have right checksums.
            if let sequence, sequence > report.lastGood {
                report.firstBad = sequence
                report.records += sequence - 1 - report.lastGood
                report.lastGood = sequence - 1
            }
        case .lmdb(let operation, _, let code):
            report.problem = "LMDB could not \(operation) (\(code))"
            report.firstBad = report.lastGood + 1
        default: throw error
        }
    }

    private static func checkBlobs(
        _ reader: EventLogReader, _ progress: VerifyProgress, _ onProgress: (VerifyProgress) -> Void,
        _ report: inout VerifyReport
    ) throws(EventLogError) {
        do {
            try reader.checkBlobs { digest, condition in
                switch condition {
                case .intact: break
                case .altered: report.alteredBlobs.append(digest)
                case .missing: report.missingBlobs.append(digest)
                case .orphaned: report.orphanedBlobs.append(digest)
                }
                onProgress(progress)
            }
        } catch let error as EventLogError {
            // An index that is damaged was reported with its records.
            guard case .damaged = error, report.problem != nil else { throw error }
        } catch {
            // The body throws nothing of its own.
            preconditionFailure("unexpected error \(error)")
        }
        report.note(problem(of: report.alteredBlobs, "changed"))
        report.note(problem(of: report.missingBlobs, "lost"))
    }

    private static func problem(of blobs: [BlobDigest], _ what: String) -> String? {
        guard let first = blobs.first else { return nil }
        return blobs.count == 1
            ? "the content of blob \(first) was \(what)"
            : "the content of \(blobs.count) blobs was \(what), the first of them \(first)"
    }

    private static func checkSnapshots(
        _ reader: EventLogReader, _ report: inout VerifyReport
    ) throws(EventLogError) {
        guard report.problem == nil else { return }
        let store = SnapshotStore(files: reader.lease.files)
        for name in try store.names() {
            let problem: String?
            switch try store.read(name) {
            case nil: continue
            case .failure(let damage): problem = damage.problem
            case .success(let file):
                problem = try EventLogReader.contradiction(file, reader.lease.current())
            }
            guard let problem else {
                report.snapshots += 1
                continue
            }
            // One from before the base is of no use: its retirement was about to remove it.
            if name.position >= (try reader.base()) {
                report.note("snapshot \(store.path(of: name)): \(problem)")
            }
        }
    }

    /// The archives that lie in the log's folder must lead up to its base, as far back as there are any.
    private static func checkArchives(
        _ reader: EventLogReader, _ progress: VerifyProgress, _ onProgress: (VerifyProgress) -> Void,
        _ report: inout VerifyReport
    ) throws(EventLogError) {
        guard report.problem == nil else { return }
        let files = reader.lease.files
        let origin = try reader.lease.current().read { transaction throws(EventLogError) in
            try transaction.origin()
        }
        var chain = origin?.commit.chain ?? []
        var base = report.base
        for name in try LogArchive.names(in: files).reversed() {
            onProgress(progress)
            let archive: LogArchive
            do throws(EventLogError) {
                archive = try LogArchive.verify(files.archives + "/" + name)
            } catch {
                return report.note("\(error)")
            }
            guard archive.logID == reader.logID else {
                return report.note("archive \(archive.path) is of the log \(archive.logID)")
            }
            // One that was written before a retirement that then did not happen holds what the log still has.
            if archive.last > base { continue }
            guard archive.last == base, archive.chain == chain else {
                return report.note(
                    "archive \(archive.path) ends at \(archive.last), and does not lead up to \(base)")
            }
            report.archives += 1
            base = archive.base
            chain = archive.originChain
        }
    }
}

extension VerifyReport {
    /// Notes a problem that concerns no record, unless there is one already.
    fileprivate mutating func note(_ problem: String?) {
        if self.problem == nil { self.problem = problem }
    }
}
