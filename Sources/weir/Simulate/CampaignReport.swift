import Pool
import PoolSimulator

/// What many simulations came to, for people and for programs.
struct CampaignReport {
    let request: SimulateRequest
    let tally: SimulationTally
    let seconds: Double
    /// How many of the runs used a log on disk.
    let onDisk: Int
    /// Whether it ended before all runs were done.
    let wasInterrupted: Bool
    let shrunk: ShrunkReport?
    /// The command that keeps the smallest log; nil when it was kept, or when there is none.
    let offer: String?

    /// Failed runs that are shown.
    private static let shownFailures = 10

    private var rate: Double { seconds > 0 ? Double(tally.runs) / seconds : 0 }

    var text: String {
        var lines = LabelledLines()
        let wanted = request.runs.map { tally.runs < $0 ? " of \($0), then interrupted" : "" } ?? ""
        lines.add("simulated", "\(Format.count(tally.runs, "run"))\(wanted), from seed \(request.seed) on")
        if onDisk > 0 {
            lines.add("", "\(onDisk) of them with a log on disk, which held the same and was removed")
        }
        SummaryReport(tally.summary).add(to: &lines, namesMissing: true)
        lines.add("events", "\(tally.events)")
        lines.add("digest", "\(tally.digest)")
        lines.add(
            "took", "\(Format.duration(ms: seconds * 1000)), \(Format.fixed(rate, 1)) runs per second")
        lines.add("violations", tally.violations == 0 ? "none" : "\(tally.violations)")
        guard !tally.failed.isEmpty else { return lines.text }
        lines.add("failed", Format.count(tally.failed.count, "run"))
        for failed in tally.failed.prefix(Self.shownFailures) {
            lines.add("", "seed \(failed.seed): \(failed.failure)")
            lines.add("", whole: request.command(seed: failed.seed))
        }
        if tally.failed.count > Self.shownFailures {
            lines.add("", "and \(tally.failed.count - Self.shownFailures) more")
        }
        shrunk?.add(to: &lines)
        if let offer {
            lines.add("", "its log is kept by:")
            lines.add("", whole: offer)
        }
        return lines.text
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("first_seed")
            writer.raw("\(request.seed)")
            writer.key("runs")
            writer.raw("\(tally.runs)")
            writer.key("runs_wanted")
            writer.raw("\(request.runs ?? 1)")
            writer.key("lmdb_runs")
            writer.raw("\(onDisk)")
            SummaryReport(tally.summary).write(to: &writer)
            writer.key("events")
            writer.raw("\(tally.events)")
            writer.key("digest")
            writer.quoted(tally.digest.description)
            writer.key("seconds")
            writer.raw(Format.fixed(seconds, 3))
            writer.key("runs_per_second")
            writer.raw(Format.fixed(rate, 3))
            writer.key("violations")
            writer.raw("\(tally.violations)")
            writer.array("failed", tally.failed.map(object))
            writer.key("smallest")
            writer.raw(shrunk?.json ?? "null")
        }
        return writer.string
    }

    private func object(_ failed: SimulationTally.Failed) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("seed")
            writer.raw("\(failed.seed)")
            writer.key("failure")
            writer.quoted(failed.failure.description)
            writer.key("command")
            writer.quoted(request.command(seed: failed.seed))
        }
        return writer.string
    }
}
