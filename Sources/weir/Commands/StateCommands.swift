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
            The digest is the SHA-256 of the state's canonical bytes; the engine records it while it runs. The fold \
            begins from the newest snapshot that can be used; weir replay folds everything. With --fields, \
            everything in the state is printed field by field, under the names that weir explain, weir diff and \
            weir bisect use.

            Examples:
              weir state --at 40 --json
              weir state --fields
            """)

    @Option(
        name: .long,
        help: ArgumentHelp("The state just after this event (default: the last).", valueName: "n"))
    var at: UInt64?
    @Flag(name: .long, help: "Print every field of the state, a line each.") var fields = false
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        let state = try reader.state(at: at, named: "--at")
        if fields {
            Terminal.print(json ? StateReport.fieldsJSON(state) : StateReport.fieldsText(state))
        } else {
            let isSimulated = try LogEventSource(reader).isSimulated(state) ?? false
            Terminal.print(
                json
                    ? StateReport.json(state, isSimulated: isSimulated)
                    : StateReport.text(state, isSimulated: isSimulated))
        }
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
        let history = try reader.projected(TaskHistory.self)
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
        let history = try reader.projected(BrowserHistory.self)
        Terminal.print(json ? BrowserListing.json(history.browsers) : BrowserListing.text(history.browsers))
    }
}

extension EventLogReader {
    /// What a projection makes of the log, with a note when its beginning is in an archive.
    fileprivate func projected<P: Projection>(_ type: P.Type) throws -> P {
        let base = try base()
        if base > 0 { Terminal.note(LogArchives(of: self).note(base)) }
        let progress = LiveProgress("folded", of: try head())
        defer { progress.end() }
        return try LogEventSource(self).projected(type) { progress.show($0.sequence) }
    }
}
