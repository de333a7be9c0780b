import ArgumentParser
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract:
            "Folds the log from the beginning and compares the digests that were recorded while running.",
        discussion: """
            Prints what the events did and the digest of the state that they lead to. With --step, every step is \
            printed with the digest of the state after it. A recorded digest that differs ends with exit code 1. \
            No snapshot is used, except where the log's older events are in an archive: there the fold begins with \
            the state that they led to.

            Example: weir replay --to 40 --step
            """)

    @Option(name: .long, help: "Last event to fold (default: the log's last).")
    var to: UInt64?
    @Flag(name: .long, help: "Print every step and the digest after it.") var step = false
    @Flag(name: .long, help: "Print one JSON object (with --step: one per step, then that one).") var json =
        false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        let source = LogEventSource(reader)
        let head = try source.durableHead()
        if let to, to > head { throw UsageError("--to is \(to), but the log's last event is \(head)") }
        if let to, try to < reader.base() { throw LogArchives(of: reader).missing(to) }
        var replay = Replay(prints: step, json: json, from: try source.baseState())
        let progress = LiveProgress("folded", of: to ?? head)
        do {
            defer { progress.end() }
            try source.forEachEvent(through: to ?? head) { event, beginsStep in
                try replay.take(event, beginsStep)
                if !step { progress.show(event.sequence) }
            }
        }
        replay.endStep()
        Terminal.print(json ? replay.jsonObject : replay.text)
        if !replay.mismatches.isEmpty { throw ExitStatus.failed }
    }
}

/// A fold that keeps account of what it folded.
private struct Replay {
    let prints: Bool
    let json: Bool
    private let base: UInt64
    private var state: PoolState
    private var tasks: TaskHistory
    private var counts: [(name: String, count: Int)] = []
    private var steps = 0
    private var stepEvents: [Event] = []
    private var digestsCompared = 0
    /// Positions at which the recorded digest is not that of the folded state.
    private(set) var mismatches: [UInt64] = []

    /// - Parameter base: The state that the log begins with.
    init(prints: Bool, json: Bool, from base: PoolState) {
        self.prints = prints
        self.json = json
        self.base = base.position
        state = base
        tasks = TaskHistory(continuing: base)
    }

    mutating func take(_ event: Event, _ beginsStep: Bool) throws(ImpossibleEvent) {
        if beginsStep {
            endStep()
            steps += 1
        }
        // Another revision may write the same state in other bytes.
        if case .stateDigestRecorded(let recorded) = event.payload,
            state.revision == PoolState.decisionRevision
        {
            digestsCompared += 1
            if recorded.position != state.position || recorded.digest != state.digest {
                mismatches.append(event.sequence)
            }
        }
        try state.evolve(checking: event)
        tasks.apply(event)
        let name = event.payload.name.description
        if let index = counts.firstIndex(where: { $0.name == name }) {
            counts[index].count += 1
        } else {
            counts.append((name, 1))
        }
        if prints { stepEvents.append(event) }
    }

    /// Prints the step that has been folded.
    mutating func endStep() {
        guard prints, let first = stepEvents.first else { return }
        defer { stepEvents = [] }
        if json {
            let events = stepEvents.map(EventLine.json).joined(separator: ",")
            Terminal.print(
                "{\"step\":\(first.sequence),\"events\":[\(events)],\"position\":\(state.position),"
                    + "\"digest\":\"\(state.digest)\"}")
        } else {
            for event in stepEvents { Terminal.print(EventLine.text(event)) }
            Terminal.print("        → \(state.digest)")
        }
    }

    /// How many tasks stand where; real ones and simulated ones are never added up (EXEC-4).
    private func endings(simulated: Bool) -> [(status: TaskStatus, count: Int)] {
        let counted = tasks.tasks.filter { $0.simulated == simulated }
        return TaskStatus.allCases.map { status in (status, counted.count { $0.status == status }) }
            .filter { $0.count > 0 }
    }

    var text: String {
        var lines = ["folded    \(state.position - base) events in \(Format.count(steps, "step"))"]
        if base > 0 { lines.append("archived  events 1 to \(base)") }
        for (name, count) in counts.sorted(by: { $0.count > $1.count }) {
            lines.append("  \(count)  \(name)")
        }
        let (real, simulated) = (endings(simulated: false), endings(simulated: true))
        if !real.isEmpty || simulated.isEmpty { lines.append("tasks     " + Self.words(real)) }
        if !simulated.isEmpty { lines.append("simulated " + Self.words(simulated) + " tasks") }
        lines.append("digests   \(digestsCompared) recorded, \(mismatches.count) differ")
        for sequence in mismatches {
            lines.append("  event \(sequence) records another digest than its state has")
        }
        lines.append("position  \(state.position)")
        lines.append("digest    \(state.digest)")
        return lines.joined(separator: "\n")
    }

    private static func words(_ endings: [(status: TaskStatus, count: Int)]) -> String {
        let words = endings.map { "\($0.count) \($0.status.rawValue)" }
        return words.isEmpty ? "none" : words.joined(separator: ", ")
    }

    private static func write(_ endings: [(status: TaskStatus, count: Int)], to writer: inout JSONWriter) {
        writer.braces { writer in
            for (status, count) in endings {
                writer.key(status.rawValue)
                writer.raw("\(count)")
            }
        }
    }

    var jsonObject: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("position")
            writer.raw("\(state.position)")
            writer.key("digest")
            writer.quoted(state.digest.description)
            writer.key("steps")
            writer.raw("\(steps)")
            writer.key("digests_compared")
            writer.raw("\(digestsCompared)")
            writer.key("digests_differing")
            writer.raw("[" + mismatches.map(String.init).joined(separator: ",") + "]")
            writer.key("events")
            writer.braces { writer in
                for (name, count) in counts {
                    writer.key(name)
                    writer.raw("\(count)")
                }
            }
            writer.key("tasks")
            Self.write(endings(simulated: false), to: &writer)
            writer.key("simulated_tasks")
            Self.write(endings(simulated: true), to: &writer)
        }
        return writer.string
    }
}
