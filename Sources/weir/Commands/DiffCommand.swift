import ArgumentParser
import EventLog
import Pool
import PoolEngine

/// `weir diff`.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compares the pool's state at two positions of the log, or of two logs.",
        usage: """
            weir diff A [B] [--log DIR] [--json]
            weir diff --other-log DIR [A [B]] [--log DIR] [--json]
            """,
        discussion: """
            The state just after event A and that just after event B (default: the log's last) are compared field by \
            field; 0 is the state before any event. With --other-log, A is a position of the one log and B of the \
            other: without both the last of each is meant, without B the same position of both. Position and time of \
            the last event are no difference. The names of the fields are those of weir state --fields. Exit code 0 \
            when the states are equal, 1 when they differ, 2 for wrong usage.

            Examples:
              weir diff 40 90
              weir diff --log here --other-log there
            """)

    @Argument(help: ArgumentHelp("Position of the first state.", valueName: "a")) var first: UInt64?
    @Argument(help: ArgumentHelp("Position of the second state.", valueName: "b")) var second: UInt64?
    @Option(name: .long, help: ArgumentHelp("The log of the second state.", valueName: "dir"))
    var otherLog: String?
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        if first == nil, otherLog == nil {
            throw UsageError(
                "there is nothing to compare; give one or two positions (weir diff 40 90), or another log "
                    + "(weir diff --other-log DIR)")
        }
        let old = try side(location, at: first)
        let new =
            if let otherLog {
                try side(LogLocation(folder: otherLog), at: second ?? first)
            } else {
                try side(location, at: second)
            }
        let report = DifferenceReport(from: old, to: new)
        Terminal.print(json ? report.json : report.text)
        if !report.isEqual { throw ExitStatus.failed }
    }

    /// The state just after an event of a log, or after its last.
    private func side(_ location: LogLocation, at position: UInt64?) throws -> DifferenceReport.Side {
        let reader = try location.openForReading()
        defer { reader.close() }
        return DifferenceReport.Side(log: location.path, state: try reader.state(at: position))
    }
}
