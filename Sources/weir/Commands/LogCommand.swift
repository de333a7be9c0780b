import ArgumentParser
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir log`.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Prints the events of the log, one per line.",
        usage: """
            weir log [N] [--type TYPE ...] [--task ID] [--browser ID]
                     [--from N] [--to N] [--follow] [--log DIR] [--json]
            """,
        discussion: """
            Each line gives the event's sequence number, its time (UTC), its type, its fields, and after the arrow \
            the sequence number of its cause. With --json each line is an object with sequence, at, type, cause \
            and data.

            Examples:
              weir log --task 3
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
        let known = EventPayload.names.map(\.description)
        for name in type where !known.contains(name) {
            throw UsageError("--type is \"\(name)\"; known are \(known.joined(separator: ", "))")
        }
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
        let source = LogEventSource(reader)
        var index = EntityIndex()
        let isFiltered = task != nil || browser != nil
        var found = false
        var next = first
        // What an event is about follows from the events before it.
        try source.forEachEvent(from: isFiltered ? 1 : first, through: last) { event, _ in
            if show(event, &index, from: first) { found = true }
            next = max(next, event.sequence + 1)
        }
        if let sequence, !found {
            throw UsageError("the log has no event \(sequence); its last is \(try reader.head())")
        }
        guard follow else { return }
        for try await record in reader.follow(from: next) {
            guard record.sequence <= last else { return }
            let event = try Event(sequence: record.sequence, decoding: record.bytes)
            _ = show(event, &index, from: first)
        }
    }

    /// Prints an event if it was asked for.
    private func show(_ event: Event, _ index: inout EntityIndex, from first: UInt64) -> Bool {
        index.apply(event)
        guard event.sequence >= first else { return false }
        if !type.isEmpty, !type.contains(event.payload.name.description) { return false }
        if let task, index.current.task?.sequence != task { return false }
        if let browser, index.current.browser?.sequence != browser { return false }
        Terminal.print(json ? EventLine.json(event) : EventLine.text(event))
        return true
    }
}
