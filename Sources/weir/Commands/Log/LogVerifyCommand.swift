import ArgumentParser
import EventLog
import Pool

/// `weir log verify`.
struct LogVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks the bytes of the log, whatever they mean.",
        discussion: """
            Checked are records, hash chain, index, LMDB's pages, blobs, snapshots and archives, in a child process, \
            so that damage cannot crash the check. Events are not read: weir verify does that too. Exit code 1 when \
            anything is not as it was written.

            Example: weir log verify --json
            """)

    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let report: VerifyReport
        do throws(EventLogError) {
            report = try location.verifyBytes()
        } catch {
            guard case .damaged(_, let sequence, _) = error else { throw location.commandError(error) }
            report = VerifyReport(firstBad: sequence ?? 1, problem: "\(error)")
        }
        Terminal.print(json ? BytesReport.json(report) : BytesReport.text(report))
        if !report.ok { throw ExitStatus.failed }
    }
}

extension LogLocation {
    /// Checks the log's bytes in a child process, and shows how far that has come.
    func verifyBytes() throws(EventLogError) -> VerifyReport {
        let progress = LiveProgress("verified")
        defer { progress.end() }
        return try EventLogVerifier.runIsolated(
            executable: "/proc/self/exe", arguments: [Weir.verifyChildArgument, path], path: path
        ) { progress.show($0.lastGood) }
    }
}
