import ArgumentParser
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir state`.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Folds the log and prints the pool's state.",
        discussion: """
            The digest is the SHA-256 of the state's canonical bytes; the engine records it while it runs.

            Example: weir state --at 40 --json
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("The state just after this event (default: the last).", valueName: "n"))
    var at: UInt64?
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        let state = try LogEventSource(reader).state(at: at)
        Terminal.print(json ? StateReport.json(state) : StateReport.text(state))
    }
}

/// `weir tasks`.
struct TasksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks",
        abstract: "Lists every task of the log, ended or not.",
        discussion: "Example: weir tasks --json")

    @Flag(name: .long, help: "Print a JSON array.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        var history = TaskHistory()
        try LogEventSource(reader).forEachEvent { event, _ in history.apply(event) }
        Terminal.print(json ? TaskListing.json(history.tasks) : TaskListing.text(history.tasks))
    }
}

/// `weir browsers`.
struct BrowsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "browsers",
        abstract: "Lists every browser of the log, retired or not.",
        discussion: "Example: weir browsers")

    @Flag(name: .long, help: "Print a JSON array.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        var history = BrowserHistory()
        try LogEventSource(reader).forEachEvent { event, _ in history.apply(event) }
        Terminal.print(json ? BrowserListing.json(history.browsers) : BrowserListing.text(history.browsers))
    }
}

extension LogEventSource {
    /// The state just after an event, or after the last.
    func state(at position: UInt64?) throws -> PoolState {
        let head = try durableHead()
        if let position, position > head {
            throw UsageError("--at is \(position), but the log's last event is \(head)")
        }
        return try foldedState(through: position ?? head)
    }
}
