import ArgumentParser
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir explain`.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says what an event is, what it was decided on, and what led to it.",
        discussion: """
            Of a decision: what was decided, the terms that the log records for it (in the event, in the policy in \
            force, and in the state that the events before fold to), the observation that it was taken on, and its \
            causes back to what came from outside. Of an observation: what it reports, what it answers, and what was \
            decided on it in its step. The names of the pool's fields are those of weir state --fields.

            Example: weir explain 24
            """)

    @Argument(help: ArgumentHelp("The event's sequence number.", valueName: "n"))
    var sequence: UInt64
    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        let reader = try location.openForReading()
        defer { reader.close() }
        let base = try reader.base()
        if sequence >= 1, sequence <= base { throw LogArchives(of: reader).missing(sequence) }
        guard sequence >= 1, let told = try reader.told(sequence) else {
            throw UsageError("the log has no event \(sequence); it has 1 to \(try reader.head())")
        }
        let state = try reader.state(at: sequence - 1)
        let causes = try reader.causes(of: told.event)
        let first = causes.last?.event.cause ?? told.event.cause
        let report = ExplainReport(
            explanation: Explanation(of: told.event, after: state), step: try reader.step(of: sequence),
            causes: causes, policy: try policyEvent(in: reader),
            archivedCause: first >= 1 && first <= base ? first : nil)
        Terminal.print(json ? report.json : report.text)
    }

    /// The last event before this one that configured the pool.
    private func policyEvent(in reader: EventLogReader) throws -> UInt64? {
        var filter = RecordFilter()
        filter.types = [UInt16(PoolConfigured.number)]
        var last: UInt64?
        try filter.forEachRecord(in: reader, from: 1, through: sequence) { last = $0.sequence }
        return last
    }
}
