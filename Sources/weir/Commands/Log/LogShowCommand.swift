import ArgumentParser
import EventLog
import Pool
import PoolEngine

/// `weir log show`, which is also `weir log`.
struct LogShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints the events of the log, one per line.",
        usage: """
            weir log [N] [--type TYPE ...] [--task ID] [--browser ID]
                     [--from N] [--to N] [--follow] [--log DIR] [--json]
            """,
        discussion: """
            Each line gives the event's sequence number, its time (UTC), its type, its fields, and after the arrow \
            the sequence number of its cause. With --json each line is an object with sequence, at, type, cause \
            and data. Events of a type, a task or a browser are found by the log's index.

            Examples:
              weir log 41
              weir log show --task 3
              weir log --type browser_failed --type recovery_began --json
              weir log --from 100 --follow
            """)

    @Argument(help: "Only the event with this sequence number.")
    var sequence: UInt64?

    @Option(name: .long, help: "First sequence number.")
    var from: UInt64?

    @Option(name: .long, help: "Last sequence number.")
    var to: UInt64?

    @Option(
        name: .long, help: ArgumentHelp("Only events of this type; may be given again.", valueName: "type"))
    var type: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only events about this task.", valueName: "task-id"))
    var task: UInt64?

    @Option(name: .long, help: ArgumentHelp("Only events about this browser.", valueName: "browser-id"))
    var browser: UInt64?

    @Flag(name: .long, help: "Wait for further events until interrupted.")
    var follow = false

    @Flag(name: .long, help: "Print JSON, one object per line.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let filter = try filter()
        if sequence != nil, follow || from != nil || to != nil {
            throw UsageError("give a sequence number, or --from, --to and --follow, but not both")
        }
        let first = sequence ?? from ?? 1
        let last = sequence ?? to ?? .max
        guard first >= 1, first <= last else {
            throw UsageError(
                "--from is \(first) and --to is \(last); they count from 1, the first not above the last")
        }
        let reader = try location.openForReading()
        defer { reader.close() }
        let base = try reader.base()
        if let sequence, sequence <= base { throw LogArchives(of: reader).missing(sequence) }
        if base > 0, first <= base { Terminal.note(LogArchives(of: reader).note(base)) }
        let head = try reader.head()
        var found = false
        let end = min(last, head)
        if first <= end {
            try filter.forEachRecord(in: reader, from: max(first, base + 1), through: end) { record in
                try show(record)
                found = true
            }
        }
        if let sequence, !found, sequence > head {
            throw UsageError("the log has no event \(sequence); its last is \(head)")
        }
        guard follow else { return }
        for try await record in reader.follow(from: max(first, head + 1)) {
            guard record.sequence <= last else { return }
            if filter.matches(record) { try show(record) }
        }
    }

    private func filter() throws -> RecordFilter {
        var filter = RecordFilter()
        for name in type {
            guard let number = EventPayload.number(ofName: name) else {
                let known = EventPayload.names.map(\.description).joined(separator: ", ")
                throw UsageError("--type is \"\(name)\"; known are \(known)")
            }
            filter.types.insert(UInt16(number))
        }
        if let task { filter.streams.append(StreamID(TaskID(task))) }
        if let browser { filter.streams.append(StreamID(BrowserID(browser))) }
        return filter
    }

    private func show(_ record: Record) throws {
        let event = try Event(of: record)
        Terminal.print(json ? EventLine.json(event) : EventLine.text(event))
    }
}
