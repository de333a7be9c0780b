import Glibc

extension EventLogVerifier {
    /// Verifies the log at `path` in a child process, so that damage to LMDB's pages, which can end the process
    /// that meets it, becomes a report.
    ///
    /// - Parameters:
    ///   - executable: a program that calls ``childMain(path:)``; usually the running one.
    ///   - arguments: what makes it do so, without the program's name; they have to tell it `path`.
    ///   - path: the log.
    ///   - stallLimitSeconds: how long the child may go without any progress before it is ended and the log is
    ///     reported as damaged. A single commit, page walk or blob has to be checked within it.
    ///   - onProgress: called as the child reports.
    /// - Throws: ``EventLogError`` if there is no log at `path`, or the child cannot be started. An error that the
    ///   child meets is reported as a problem.
    public static func runIsolated(
        executable: String, arguments: [String], path: String, stallLimitSeconds: Int = 60,
        onProgress: (VerifyProgress) -> Void = { _ in }
    ) throws(EventLogError) -> VerifyReport {
        guard try Folder.kind(of: path) != .nothing else { throw EventLogError.notFound(path: path) }
        try requireDataFile(LogFiles(folder: path))
        let child = try VerifyChild(executable: executable, arguments: arguments)
        var last = VerifyProgress(lastGood: 0, records: 0, commits: 0)
        var end: VerifyLine?
        let ending = try child.lines(stallLimitSeconds: stallLimitSeconds) { text in
            switch VerifyLine(parsing: text) {
            case .progress(let progress):
                last = progress
                onProgress(progress)
            case .some(let line): end = line
            case nil: break
            }
        }
        func damaged(_ problem: String) -> VerifyReport {
            VerifyReport(
                records: last.records, base: last.lastGood - last.records, commits: last.commits,
                lastGood: last.lastGood,
                firstBad: last.lastGood + 1, problem: problem)
        }
        switch (ending, end) {
        case (.exited(0), .report(let report)): return report
        case (.exited(let status), .failed(let message)):
            return damaged("the verifying process ended with status \(status): \(message)")
        case (.exited(let status), _):
            throw EventLogError.system(
                operation: "verifying in a child process (it ended with status \(status) and no report)",
                path: executable, errno: ENOEXEC)
        case (.signalled(let signal), _):
            return damaged(
                """
                the verifying process was ended by signal \(signal) (\(String(cString: strsignal(signal)))) after \
                record \(last.lastGood), so pages of LMDB are damaged
                """)
        case (.stalled, _):
            return damaged(
                """
                the verifying process came no further than record \(last.lastGood) for \(stallLimitSeconds) s, \
                so pages of LMDB are damaged
                """)
        }
    }

    /// Refuses what clearly is no log; what is damaged is left to the child.
    private static func requireDataFile(_ files: LogFiles) throws(EventLogError) {
        do throws(EventLogError) {
            let opening = EnvironmentOpening(files: files, mapBytes: EnvironmentOpening.defaultMapBytes)
            guard try opening.holdsEnvironment() else {
                throw EventLogError.notALog(path: files.folder, reason: "it holds no data.mdb")
            }
        } catch .damaged {
            return
        }
    }

    /// The child's side of ``runIsolated(executable:arguments:path:stallLimitSeconds:onProgress:)``: verifies the
    /// log at `path`, writes progress and report to standard output, and ends the process.
    public static func childMain(path: String) -> Never {
        do throws(EventLogError) {
            let report = try verifyInProcess(path: path) { write(.progress($0)) }
            write(.report(report))
            exit(0)
        } catch {
            write(.failed("\(error)"))
            exit(2)
        }
    }

    /// Unbuffered: what was written is read even if the process is ended in the next instant.
    private static func write(_ line: VerifyLine) {
        var bytes = Array(line.text.utf8)[...]
        while !bytes.isEmpty {
            let put = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if put < 0 && errno == EINTR { continue }
            // Nobody listens any more.
            guard put > 0 else { exit(3) }
            bytes = bytes.dropFirst(put)
        }
    }
}
