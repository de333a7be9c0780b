/// Finds every byte of a log that is not as it was written (LOG-4).
///
/// Checked are: each record's checksum, position and step; each commit's fields and its hash over its records;
/// the hash chain over all commits; that readers reach every record on every path; that nothing acknowledged is
/// missing at the end; LMDB's own pages; and each blob. A log may be verified while it is being written: then it
/// is verified up to the head at the start, and LMDB's pages only if there is a moment without a commit.
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
        return report
    }

    private static func report(_ audit: RecordAudit) -> VerifyReport {
        VerifyReport(
            records: audit.lastGood, commits: audit.progress.commits, lastGood: audit.lastGood,
            chain: audit.last?.chain ?? [])
    }

    private static func add(_ error: EventLogError, to report: inout VerifyReport) throws(EventLogError) {
        switch error {
        case .damaged(_, let sequence, let problem):
            report.problem = problem
            // Records before the bad one in the same commit have right checksums.
            if let sequence, sequence > report.lastGood {
                report.firstBad = sequence
                report.lastGood = sequence - 1
                report.records = sequence - 1
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
        var altered: [BlobDigest] = []
        do {
            try reader.checkBlobs { digest, condition in
                if condition == .altered { altered.append(digest) }
                onProgress(progress)
            }
        } catch let error as EventLogError {
            throw error
        } catch {
            // The body throws nothing of its own.
            preconditionFailure("unexpected error \(error)")
        }
        report.alteredBlobs = altered
        if let first = altered.first, report.problem == nil {
            report.problem =
                altered.count == 1
                ? "the content of blob \(first) was changed"
                : "the content of \(altered.count) blobs was changed, the first of them \(first)"
        }
    }
}
