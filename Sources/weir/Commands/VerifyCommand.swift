import ArgumentParser
import EventLog
import Foundation
import Pool
import PoolEngine

/// `weir verify`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Checks everything in the log.",
        discussion: """
            Checked are records, hash chain and LMDB's pages (in a child process, so that damage cannot crash the \
            check), the decoding of every event, the blobs that events name, that every recorded decision is the \
            one that its observation gives again, and the recorded digests. Exit code 1 when anything differs; \
            first_bad is the sequence number of the first event affected, one past the last when none is.

            With --decisions only the decisions are checked: each step is decided again from its observation and \
            the state before it. The first that differs is named, with the fields that are recorded and decided. \
            Steps that a program of another decision revision recorded may have been decided otherwise: those are \
            counted and no error.

            Examples:
              weir verify --json
              weir verify --decisions
            """)

    @Flag(name: .long, help: "Check only that decisions are those that are taken again.") var decisions =
        false
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        if decisions { return try checkDecisions() }
        var report: LogVerification
        do throws(EventLogError) {
            report = LogVerification(try location.verifyBytes())
        } catch {
            guard case .damaged(_, let sequence, _) = error else { throw location.commandError(error) }
            report = LogVerification(problem: "\(error)", firstBad: sequence ?? 1)
        }
        // Events are read only from records that are as they were written.
        if report.canReadEvents {
            let reader = try location.openForReading()
            defer { reader.close() }
            let progress = LiveProgress("decided again", of: try reader.head())
            defer { progress.end() }
            try report.checkEvents(in: reader) { progress.show($0) }
        }
        Terminal.print(json ? report.json : report.text)
        if report.problem != nil { throw ExitStatus.failed }
    }

    private func checkDecisions() throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        let progress = LiveProgress("decided again", of: try reader.head())
        let report: DecisionReport
        do {
            defer { progress.end() }
            report = try DecisionReport(of: LogEventSource(reader)) { progress.show($0) }
        }
        Terminal.print(json ? report.json : report.text)
        if report.divergence != nil { throw ExitStatus.failed }
    }
}
