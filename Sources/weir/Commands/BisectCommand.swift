import ArgumentParser
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir bisect`.
struct BisectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bisect",
        abstract: "Finds the first position at which a condition on the pool's state holds.",
        discussion: """
            The log is folded step by step, and the condition is checked after every whole step: steps are in the \
            log whole or not at all, so nobody ever acted on a state within one. A condition may hold and cease to \
            hold again; the first position is found whatever comes later. --from begins with the state just after \
            an event, for which a snapshot is used.

            A condition compares counts (tasks, tasks.running, browsers.ready, recoveries), fields of one entity \
            (task:12.state, browser:5.failures) and fields of the pool (pool.queue, pool.policy.max_connections) by \
            == != < <= > >= with numbers, names, "texts", true, false, none, or other counts and fields. task:12 \
            alone holds while that task is in the pool. ! && || and parentheses combine them. What has ended is no \
            more in the pool, and its fields are none. A list counts its elements, a time nanoseconds. weir state \
            --fields shows the names.

            Exit code 0 when it holds somewhere, 1 when it never does, 2 for a condition that is none.

            Examples:
              weir bisect --condition 'task:12.state == running'
              weir bisect --condition 'tasks.queued > 3 && browsers.ready == 0' --from 100
            """)

    @Option(name: .long, help: ArgumentHelp("What is to hold.", valueName: "expr")) var condition: String
    @Option(name: .long, help: ArgumentHelp("Begin with the state just after this event.", valueName: "n"))
    var from: UInt64?
    @Option(name: .long, help: ArgumentHelp("Last event to fold (default: the log's last).", valueName: "n"))
    var to: UInt64?
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let wanted: Condition
        do throws(ConditionError) { wanted = try Condition(condition) } catch { throw UsageError("\(error)") }
        let reader = try location.openForReading()
        defer { reader.close() }
        let last = try to ?? reader.head()
        let first = try from ?? reader.base()
        guard first <= last, try last <= reader.head() else {
            throw UsageError(
                "--from is \(first) and --to is \(last); the first must not be above the last, and the log's last "
                    + "event is \(try reader.head())")
        }
        let state = try reader.state(at: first)
        let progress = LiveProgress("folded", of: last)
        let found: ConditionSearch.Finding?
        do {
            defer { progress.end() }
            found = try ConditionSearch.first(
                wanted, in: LogEventSource(reader), from: state, through: last
            ) { progress.show($0) }
        }
        Terminal.print(json ? object(found, first...last) : text(found, first...last))
        if found == nil { throw ExitStatus.failed }
    }

    private func text(_ found: ConditionSearch.Finding?, _ searched: ClosedRange<UInt64>) -> String {
        var lines = LabelledLines()
        lines.add("condition", condition)
        lines.add("searched", "positions \(searched.lowerBound) to \(searched.upperBound)")
        guard let found else {
            lines.add("holds", "never")
            return lines.text
        }
        lines.add("holds", "first after event \(found.position)")
        if found.step.isEmpty { lines.add("", "the search began with it") }
        for event in found.step { lines.add(line: EventLine.text(event)) }
        return lines.text
    }

    private func object(_ found: ConditionSearch.Finding?, _ searched: ClosedRange<UInt64>) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("condition")
            writer.quoted(condition)
            writer.key("from")
            writer.raw("\(searched.lowerBound)")
            writer.key("to")
            writer.raw("\(searched.upperBound)")
            writer.key("position")
            writer.raw(found.map { "\($0.position)" } ?? "null")
            writer.array("step", found?.step.map(EventLine.json) ?? [])
        }
        return writer.string
    }
}
