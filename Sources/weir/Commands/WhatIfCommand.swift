import ArgumentParser
import EventLog
import Pool
import PoolEngine
import PoolSimulator
import Projections

/// `weir what-if`.
struct WhatIfCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "what-if",
        abstract: "Replays what happened to a pool in virtual time, under another policy.",
        usage: """
            weir what-if --policy FILE [--log DIR] [--runs N] [--seed S]
                         [--save DIR] [--json]
            """,
        discussion: """
            The outside facts of the log (tasks, cancellations, ends of engines, faults, how long everything took) are \
            put before the pool's core again, with simulated browsers that do what was recorded. Three columns stand \
            side by side: what the log holds, what the model makes of it under the policy that was recorded, and \
            under the other. The first two should be alike: their difference is the error of the model. What is \
            recorded and what is modelled is said below them.

            The policy file is one of weir run --config. What it does not name stays as it was recorded, in each \
            engine's own policy; of the browsers that are kept warm no more stay than the pool may have. A task that \
            names a strategy of its own keeps it.

            Pauses between engines are cut out. The end of an engine is a fact: one that was stopped when its tasks \
            had ended stops so again, one that ended amid its work ends at the same time. A log that is still being \
            written is taken as far as it is there, and the model ends at the same time. A log whose beginning is in \
            an archive must be made whole first (weir log import).

            What the other policy asks for and nobody recorded is drawn by --seed; --runs shows how much depends on \
            that. The same log, policy and seed give the same output. With --save the modelled log, of the first \
            seed, is kept as a simulated one that every other command takes.

            Exit code 0 when it was modelled, 1 when the model broke an invariant or a task never ended in it, 2 for \
            wrong usage, or a log that has nothing to replay.

            Examples:
              weir what-if --policy more.json
              weir what-if --policy more.json --runs 20 --json
              weir what-if --policy more.json --save modelled
            """)

    @OptionGroup var options: WhatIfOptions
    @OptionGroup var location: LogLocation
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
        let seeds = try options.seeds
        let folder = try options.save.map { path throws(UsageError) in
            try SimulatedLogFolder(path, option: "--save")
        }
        let reader = try location.openForReading()
        defer { reader.close() }
        let source = LogEventSource(reader)
        let recorded = try workload(of: source, reader)
        let other = try PolicyOverlay(path: options.policy).apply(to: recorded)
        let figures = try source.projected(PoolFigures.self, through: recorded.position)
        let progress = LiveProgress("modelled", of: UInt64(2 * seeds.count))
        var runs: UInt64 = 0
        func show() {
            runs += 1
            progress.show(runs)
        }
        defer { progress.end() }
        let same = try ReplayedRuns(of: recorded, seeds: seeds, onRun: show)
        let modelled = try ReplayedRuns(
            of: other, seeds: seeds,
            run: { configuration in
                guard let folder, configuration.seed == seeds.lowerBound else {
                    return Simulation(configuration).run()
                }
                return try folder.run(configuration)
            }, onRun: show)
        progress.end()
        let report = WhatIfReport(
            logPath: location.path, policyPath: options.policy, seeds: seeds, workload: recorded,
            changes: PolicyOverlay.changes(from: recorded, to: other), recorded: figures, same: same,
            other: modelled, savedPath: folder?.path)
        Terminal.print(json ? report.json : report.text)
        if same.hasFailed || modelled.hasFailed { throw ExitStatus.failed }
    }

    private func workload(of source: LogEventSource, _ reader: EventLogReader) throws -> RecordedWorkload {
        do {
            return try RecordedWorkload(reading: source)
        } catch let error as RecordedWorkloadError {
            guard case .beginsInArchive = error else { throw UsageError("\(location.path): \(error)") }
            let archives = LogArchives(of: reader).archives.map(\.path).joined(separator: " ")
            throw UsageError(
                "\(location.path): \(error);\nmake it whole: weir log export --log \(location.path) -o rest.jsonl "
                    + "&& weir log import \(archives) rest.jsonl --log DIR")
        }
    }
}
