import ArgumentParser
import EventLog
import Pool
import PoolEngine

/// `weir log retain`.
struct LogRetainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retain",
        abstract: "Moves old events out of the log into a verified archive.",
        usage: "weir log retain (--through N | --keep-days DAYS) [--json] [--log DIR]",
        discussion: """
            The log then begins behind the last of them, with a snapshot of the state there; tasks and browsers in \
            hand are kept, and so are the blobs that they need. The archive lies in the log's folder archives, holds \
            everything that was moved, and is verified before anything is taken out. weir log import reads it. The \
            events moved are those up to the last commit that ends at or before what is asked for. No engine may be \
            running.

            Examples:
              weir log retain --keep-days 30
              weir log retain --through 100000 --json
            """)

    @Option(
        name: .long, help: ArgumentHelp("The last event that may be moved.", valueName: "n"))
    var through: UInt64?
    @Option(
        name: .long, help: ArgumentHelp("Days of which the events are kept.", valueName: "days"))
    var keepDays: UInt64?
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func validate() throws {
        guard (through == nil) != (keepDays == nil) else {
            throw ValidationError("Give one of --through and --keep-days.")
        }
    }

    func run() async throws {
        // It would be created by being opened.
        try location.openForReading().close()
        let log = try location.openForWriting()
        defer { log.close() }
        let retention = Retention(log)
        let wanted: UInt64
        if let through {
            wanted = through
        } else {
            wanted = try retention.lastEvent(olderThanDays: keepDays ?? 0)
        }
        let (base, head) = (try log.reader.base(), try log.head())
        guard wanted <= head else {
            throw UsageError("--through is \(wanted), but the log's last event is \(head)")
        }
        let position = try log.reader.commitEnd(atOrBefore: wanted)
        guard position > base else {
            if let through {
                throw UsageError(
                    "no commit ends between \(base), behind which the log begins, and \(through)")
            }
            Terminal.print(
                json ? RetentionReport.json(nil, base: base) : "nothing is that old; the log is as it was")
            return
        }
        let progress = LiveProgress("moved", of: position)
        let archive: LogArchive
        do {
            defer { progress.end() }
            archive = try await retention.retire(through: position) { progress.show($0) }
        } catch let error as EventLogError {
            throw location.commandError(error)
        }
        Terminal.print(
            json ? RetentionReport.json(archive, base: position) : RetentionReport.text(archive))
    }
}

/// What was moved, for people and for programs.
private enum RetentionReport {
    static func text(_ archive: LogArchive) -> String {
        var lines = LabelledLines()
        lines.add(
            "moved", "\(Format.count(archive.records, "event")), \(archive.base + 1) to \(archive.last)")
        lines.add("archive", archive.path)
        lines.add("chain", BytesReport.hexadecimal(archive.chain))
        return lines.text
    }

    static func json(_ archive: LogArchive?, base: UInt64) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("base")
            writer.raw("\(base)")
            writer.key("events")
            writer.raw("\(archive?.records ?? 0)")
            writer.key("archive")
            if let archive { writer.quoted(archive.path) } else { writer.raw("null") }
            writer.key("chain")
            if let archive {
                writer.quoted(BytesReport.hexadecimal(archive.chain))
            } else {
                writer.raw("null")
            }
        }
        return writer.string
    }
}
