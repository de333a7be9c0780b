import ArgumentParser
import EventLog

/// `weir log stats`.
struct LogStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Counts what is in the log.",
        discussion: """
            Counted are events by type, with the bytes of what they say, steps and commits, what commits took, and \
            what the log takes on disk.

            Example: weir log stats --json
            """)

    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        let progress = LiveProgress("counted", of: try reader.head())
        let statistics: LogStatistics
        do {
            defer { progress.end() }
            statistics = try reader.statistics { progress.show($0) }
        }
        Terminal.print(json ? StatisticsReport.json(statistics) : StatisticsReport.text(statistics))
    }
}
