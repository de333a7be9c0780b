import ArgumentParser
import EventLog

/// `weir log backup`.
struct LogBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the log into a new folder, also while it is being written.",
        discussion: """
            The copy is a log of its own, compacted and verified, with blobs, snapshots and archives, and with the \
            same hash chain up to its last event. DEST must not exist.

            Example: weir log backup /backups/today
            """)

    @Argument(help: ArgumentHelp("The folder of the copy.", valueName: "dest")) var destination: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        let progress = LiveProgress("copied", of: try reader.head())
        let report: VerifyReport
        do throws(EventLogError) {
            defer { progress.end() }
            report = try reader.backUp(to: destination) { progress.show($0) }
        } catch {
            throw location.commandError(error)
        }
        if json { return Terminal.print(BytesReport.json(report)) }
        var lines = LabelledLines()
        lines.add("copied", "\(Format.count(report.records, "event")) to \(destination), and verified")
        lines.add("chain", BytesReport.hexadecimal(report.chain))
        Terminal.print(lines.text)
    }
}
