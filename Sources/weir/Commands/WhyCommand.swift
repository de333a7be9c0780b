import ArgumentParser
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir why`.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tells the story of one task or browser, event by event.",
        discussion: """
            Each line has the time since the task was submitted, or the browser's first launch decided, the event's \
            sequence number, and what it says. Progress that repeats itself is one line. The last line says how it \
            ended, or where it stands now. weir explain says of each event what it was decided on.

            Examples:
              weir why task:3
              weir why browser:5 --json
              weir why 3
            """)

    @Argument(help: ArgumentHelp("task:ID, browser:ID, or the id alone.", valueName: "entity"))
    var entity: String
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let wanted = try WantedEntity(entity)
        let reader = try location.openForReading()
        defer { reader.close() }
        let source = LogEventSource(reader)
        let (base, head) = (try reader.base(), try reader.head())
        let key = try wanted.find(in: reader)
        var filter = RecordFilter()
        filter.streams = [
            key.kind == .task ? StreamID(TaskID(key.id)) : StreamID(BrowserID(key.id))
        ]
        var story = Story(of: key)
        try filter.forEachRecord(in: reader, from: base + 1, through: head) { record in
            let told = try ToldEvent(record)
            story.take(told.event, about: told.subjects)
        }
        let state = try reader.state(at: head)
        let isArchived = key.id <= base
        let submitted = isArchived ? try source.baseState().tasks.find(TaskID(key.id))?.submittedAt : nil
        let report = StoryReport(
            story: story, beganAt: submitted ?? story.entries.first?.event.at ?? state.lastEventAt,
            state: state, archived: isArchived ? base : nil)
        Terminal.print(json ? report.json : report.text)
    }
}

/// A task or browser as the user names it.
private struct WantedEntity {
    private let text: String
    private let id: UInt64
    /// The kind that is named; nil for a bare id.
    private let kind: EntityKind?

    init(_ text: String) throws {
        self.text = text
        if let id = UInt64(text), id > 0 {
            self.id = id
            kind = nil
        } else if let key = EntityKey(text), key.kind == .task || key.kind == .browser {
            id = key.id
            kind = key.kind
        } else {
            throw UsageError(
                "\"\(text)\" names no task or browser; write task:ID, browser:ID or the id alone, a number "
                    + "from 1 (weir tasks and weir browsers list them)")
        }
    }

    /// The entity in the log.
    func find(in reader: EventLogReader) throws -> EntityKey {
        if try id <= reader.base() { return try findArchived(in: reader) }
        guard let told = try reader.told(id) else {
            throw UsageError("the log has no event \(id); it has 1 to \(try reader.head())")
        }
        let found: EntityKey? =
            switch told.event.payload {
            case .taskSubmitted: EntityKey(.task, id)
            case .browserLaunchDecided(let decided) where decided.browser == nil: EntityKey(.browser, id)
            default: nil
            }
        if let found, kind == nil || kind == found.kind { return found }
        let about = [
            told.subjects.task.map { EntityKey(.task, $0.sequence) },
            told.subjects.browser.map { EntityKey(.browser, $0.sequence) },
        ].compactMap { $0?.description }
        let hint =
            about.isEmpty
            ? "weir tasks and weir browsers list those that there are"
            : "it is about " + about.joined(separator: " and ")
        throw UsageError(
            "there is no \(kind?.rawValue ?? "task or browser") \(id): event \(id) is "
                + "\(told.event.payload.name); \(hint)")
    }

    /// The entity in the state that an archive led to.
    private func findArchived(in reader: EventLogReader) throws -> EntityKey {
        let state = try LogEventSource(reader).baseState()
        for found in [EntityKey(.task, id), EntityKey(.browser, id)] where kind == nil || kind == found.kind {
            if state.entity(found) != nil { return found }
        }
        throw LogArchives(of: reader).missing(id)
    }
}
