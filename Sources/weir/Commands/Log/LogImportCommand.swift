import ArgumentParser
import EventLog
import Foundation

/// `weir log import`.
struct LogImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Makes a log of an export, with the same identity and hash chain.",
        discussion: """
            The format is recognised from the content. The log's folder must not exist yet; what was put together is \
            verified before it gets there. Several files are joined in their order, as the archives of a log are: \
            the archives and then an export of the rest give the whole log.

            Example: weir log import events.jsonl --log copy
            """)

    @Argument(help: ArgumentHelp("An export or archive; - is standard input.", valueName: "file"))
    var files: [String]
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        for file in files where file != "-" && !FileManager.default.isReadableFile(atPath: file) {
            throw UsageError("there is no file \(file) that can be read")
        }
        let progress = LiveProgress("imported")
        let report: VerifyReport
        do throws(EventLogError) {
            defer { progress.end() }
            report = try EventLog.importLog(from: files, to: location.path) { progress.show($0) }
        } catch {
            throw location.commandError(error)
        }
        if json { return Terminal.print(BytesReport.json(report)) }
        var lines = LabelledLines()
        lines.add("imported", "\(Format.count(report.records, "event")) to \(location.path), and verified")
        if report.base > 0 { lines.add("", "from \(report.base + 1) on") }
        lines.add("chain", BytesReport.hexadecimal(report.chain))
        Terminal.print(lines.text)
    }
}
