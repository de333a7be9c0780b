import ArgumentParser
import BrowserExecutor
import EventLog
import Foundation
import Pool
import Projections

/// `weir reproduce`.
struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Runs again what led to a failure, and says whether it happens again.",
        usage: """
            weir reproduce N [--attempts N] [--earlier N] [--minimise] [--anyway]
                           [--keep DIR] [--json] [--log DIR]
            weir reproduce FILE [--attempts N] [...] [--json]
            """,
        discussion: """
            N is an event that tells of a failure, such as browser_failed or run_failed, or one that a failure led to; \
            FILE is what weir pack wrote. From the log is taken what led to it: the browser's product, version and \
            flags, what ran on that process before, the task's model, inputs and items from where that run began, and \
            the faults that weir chaos injected. All of it is set up again on a browser here, in a pool of its own: no \
            event is added to the log.

            An attempt reproduces the failure when the same is seen, in the same run and at the same item (within a \
            batch; where a fault was injected, at whatever item it shows). A browser that differs from the recorded \
            one is not taken, and the differences are named, unless --anyway is given. Runs that shared the browser \
            and had ended before run again one after another. What preceded an earlier failure of the same process, \
            which was healed in place, is left out.

            With --minimise, a failure that was reproduced is made smaller: with fewer runs before it, fewer faults, \
            a later first item and an earlier last one, as long as it still fails.

            Exit codes: 0 reproduced, 1 not reproduced, 2 wrong usage, 3 it cannot be set up here, 130 interrupted.

            Examples:
              weir reproduce 57
              weir reproduce 57 --attempts 10 --minimise
              weir reproduce failure.pack
            """)

    @Argument(help: ArgumentHelp("The event's sequence number, or a pack.", valueName: "n|file"))
    var failure: String

    @Option(name: .long, help: "How often it is tried (1 to 100).")
    var attempts = 3

    @Option(
        name: .long, help: "How many runs that had ended before on the same process are run again, at most.")
    var earlier = 20

    @Flag(name: .long, help: "Look for less that still fails.")
    var minimise = false

    @Flag(name: .long, help: "Take a browser that differs from the recorded one.")
    var anyway = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep the logs of the attempts there, which every command takes; it must not exist.",
            valueName: "dir"))
    var keep: String?

    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        guard (1...100).contains(attempts) else {
            throw UsageError("--attempts is \(attempts); allowed is 1 to 100")
        }
        guard (0...1000).contains(earlier) else {
            throw UsageError("--earlier is \(earlier); allowed is 0 to 1000")
        }
        if let keep, FileManager.default.fileExists(atPath: keep) {
            throw UsageError("--keep is \(keep), which exists already")
        }
        let source = try FailureSource(named: failure, in: location)
        defer { source.discard() }
        let report = try await reproduce(source)
        Terminal.print(json ? report.json : report.text)
        if !report.obstacles.isEmpty { throw ExitStatus.notInstalled }
        if report.reproduced == 0 { throw ExitStatus.failed }
    }

    private func reproduce(_ source: FailureSource) async throws -> ReproductionReport {
        let plan = ReproductionPlan(of: source.slice, earlierRuns: earlier)
        var report = ReproductionReport(slice: source.slice, plan: plan)
        let catalog = ModelCatalog()
        if source.slice.runs.contains(where: { $0.spec.runtime == OnnxModel.runtime }) {
            try OnnxRequest.ensureRuntime(in: catalog)
        }
        for run in plan.runs {
            guard let problem = catalog.problem(with: source.slice.runs[run.index].spec),
                !report.obstacles.contains(problem)
            else { continue }
            report.obstacles.append(problem)
        }
        guard report.obstacles.isEmpty else { return report }
        let folder = keep ?? NSTemporaryDirectory() + "weir-reproduce-\(UUID().uuidString)"
        defer { if keep == nil { try? FileManager.default.removeItem(atPath: folder) } }
        report.kept = keep
        var reproduction = Reproduction(
            of: source, on: try await Surroundings(for: source.slice), takesAnyBrowser: anyway, folder: folder
        )
        for number in 1...attempts {
            if Terminal.isLive { Terminal.show("attempt \(number) of \(attempts)") }
            let outcome = try await reproduction.attempt(plan)
            report.outcomes.append(outcome)
            guard outcome.verdict != .otherSurroundings else {
                report.obstacles = outcome.differences
                break
            }
        }
        if minimise, report.reproduced > 0 {
            let before = reproduction.made
            let smallest = try await reproduction.minimise(plan, attempts: attempts) { plan, isReproduced in
                guard Terminal.isLive else { return }
                let words = isReproduced ? "fails with less" : "does not fail"
                Terminal.show("\(words): \(Format.count(plan.runs.count, "run"))")
            }
            report.smallest = (smallest, reproduction.made - before)
        }
        if Terminal.isLive { Terminal.clearShown() }
        return report
    }
}

extension FailureSource {
    /// - Parameter text: The number of an event of the log, or the path of a pack.
    init(named text: String, in location: LogLocation) throws {
        guard let number = UInt64(text) else {
            try self.init(pack: text)
            return
        }
        let reader = try location.openForReading()
        defer { reader.close() }
        try self.init(event: number, in: reader)
    }
}
