import ArgumentParser
import Foundation
import PoolSimulator
import Synchronization

/// `weir simulate`.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs a pool in virtual time, with browsers and faults that are simulated.",
        usage: """
            weir simulate [--seed S] [--tasks N] [--browsers N] [--faults PLAN]
                          [--config FILE] [--log DIR] [--json]
            weir simulate --runs N [--lmdb-runs K] [--seed S] [--tasks N]
                          [--browsers N] [--faults PLAN] [--config FILE]
                          [--log DIR] [--json]
            weir simulate --compare-strategies [--seed S] [--runs N] [--json]
            weir simulate --compare-adaptive [--seed S] [--runs N] [--tasks N]
                          [--json]
            weir simulate --compare-predictions [--seed S] [--runs N] [--tasks N]
                          [--json]
            """,
        discussion: """
            Tasks, policy, timings and faults are drawn from the seed, so the same seed and options give the same \
            log, byte for byte. While it runs, invariants are checked after every step, and at the end that every \
            task has ended and that the log folds to the engine's state and is decided so again. What is printed \
            says what came about; the digest is that of all records.

            Nothing is written unless --log names a folder, whose log every other command takes. It is marked as \
            simulated, and weir run appends to none such.

            With --runs, the seeds from --seed on are run on all cores and summed up; what never came about is \
            named. Ctrl-C ends that with what was done. With --lmdb-runs some of them, evenly spread, go through a \
            log on disk, which must hold the same bytes and fold to the same state, and is then removed.

            A seed that fails is printed as the command that runs it again, and made smaller as long as the same \
            invariant fails. The log of the smallest is kept in the folder of --log; for a single run, whose own \
            log that is, beside it, under the name with -smallest.

            A plan of faults is a JSON file with any of the fields that a refusal names: how often each kind \
            strikes, in thousandths, and injections at given times.

            With --compare-strategies a browser fails under tasks in each way that it can, under each recovery \
            strategy; what is printed is how long it took until the tasks ran again.

            With --compare-adaptive each strategy, the adaptive one included, recovers a pool at work through --tasks \
            tasks (150) of every world: a machine whose launches, models and rungs take times of their own, and whose \
            browsers fail in ways of their own. What is printed is what a recovery cost, and its regret beside the \
            fixed strategy that turned out to be the best in that world.

            With --compare-predictions browsers fail under --tasks tasks (400) of every world, some of them after they \
            have shown it: a canary that gets slower, memory that is not given back, signs of life that come late. What \
            is printed is how many failures were predicted by phi and by the learned model, how long before, how often \
            in vain, and what it saves to move work away from such browsers.

            Exit code 0 when nothing failed, 1 when a run did, 2 for wrong usage, 130 when interrupted.

            Examples:
              weir simulate --seed 7
              weir simulate --seed 7 --faults all --log simulated
              weir simulate --runs 500 --tasks 50 --browsers 4 --faults all
            """)

    @OptionGroup var options: SimulateOptions
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
        if let comparison = try options.comparison { return try await compare(comparison) }
        let request = try SimulateRequest(options)
        let folder = try options.log.map { path throws(UsageError) in try SimulatedLogFolder(path) }
        if request.runs == nil { return try runOne(request, folder) }
        try await runMany(request, folder)
    }

    private func compare(_ comparison: SimulateOptions.Comparison) async throws {
        let seeds = try options.seeds(of: comparison)
        let tasks = try options.tasks(of: comparison)
        switch comparison {
        case .strategies:
            let report = StrategyReport(seeds: seeds)
            Terminal.print(json ? report.json : report.text)
            if report.wrongTasks > 0 { throw ExitStatus.failed }
        case .adaptive:
            let report = RegretReport(
                worlds: await worlds(seeds) { StrategyRegret(seed: $0, tasks: tasks) })
            Terminal.print(json ? report.json : report.text)
        case .predictions:
            let report = PredictionReport(
                worlds: await worlds(seeds) { PredictionComparison(seed: $0, tasks: tasks) })
            Terminal.print(json ? report.json : report.text)
        }
    }

    /// Lives through a world for each seed, on all cores, and gives them in the order of the seeds.
    private func worlds<World: Sendable>(
        _ seeds: ClosedRange<UInt64>, _ make: @escaping @Sendable (UInt64) -> World
    ) async -> [World] {
        let progress = SharedProgress("simulated", of: UInt64(seeds.count))
        defer { progress.end() }
        return await withTaskGroup(of: (UInt64, World).self) { group in
            for seed in seeds { group.addTask { (seed, make(seed)) } }
            var worlds: [(seed: UInt64, world: World)] = []
            for await world in group {
                worlds.append(world)
                progress.show(UInt64(worlds.count))
            }
            return worlds.sorted { $0.seed < $1.seed }.map(\.world)
        }
    }

    private func runOne(_ request: SimulateRequest, _ folder: SimulatedLogFolder?) throws {
        let configuration = request.configuration(seed: request.seed)
        let smallest = try folder.map { folder throws(UsageError) in
            try SimulatedLogFolder(folder.path + "-smallest")
        }
        let result = try folder?.run(configuration) ?? Simulation(configuration).run()
        let shrunk = try result.failure.flatMap { try shrink(configuration, $0, smallest) }
        let report = SimulationReport(
            seed: request.seed, result: result, command: request.command(seed: request.seed),
            logPath: folder?.path, shrunk: shrunk)
        Terminal.print(json ? report.json : report.text)
        if result.failure != nil { throw ExitStatus.failed }
    }

    private func runMany(_ request: SimulateRequest, _ folder: SimulatedLogFolder?) async throws {
        let interrupts = InterruptSignals()
        let (report, wasInterrupted) = try await withThrowingTaskGroup(of: CampaignReport?.self) { group in
            group.addTask { try await campaign(request, folder) }
            group.addTask {
                for await _ in interrupts.stream { return nil }
                return nil
            }
            var wasInterrupted = false
            while let ended = try await group.next() {
                group.cancelAll()
                if let ended { return (ended, wasInterrupted) }
                wasInterrupted = true
            }
            preconditionFailure("the campaign gives a report")
        }
        Terminal.print(json ? report.json : report.text)
        if wasInterrupted { throw ExitStatus.interrupted }
        if !report.tally.failed.isEmpty { throw ExitStatus.failed }
    }

    private func campaign(
        _ request: SimulateRequest, _ folder: SimulatedLogFolder?
    ) async throws -> CampaignReport {
        let seeds = request.seed...(request.seed + UInt64(request.runs ?? 1) - 1)
        let campaign = SimulationCampaign(
            seeds: seeds, width: ProcessInfo.processInfo.activeProcessorCount)
        let logs = TemporaryLogs()
        defer { logs.close() }
        let progress = SharedProgress("simulated", of: UInt64(seeds.count))
        let onDisk = Mutex(0)
        let began = ContinuousClock.now
        let tally = try await campaign.run { seed in
            let configuration = request.configuration(seed: seed)
            guard request.usesDisk(seed) else { return Simulation(configuration).run() }
            let result = try logs.run(configuration)
            onDisk.withLock { $0 += 1 }
            return result
        } onRun: {
            progress.show(UInt64($0))
        }
        progress.end()
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let shrunk = try tally.failed.first.flatMap {
            try shrink(request.configuration(seed: $0.seed), $0.failure, folder)
        }
        let offer =
            folder == nil ? tally.failed.first.map { request.command(seed: $0.seed, log: "DIR") } : nil
        return CampaignReport(
            request: request, tally: tally, seconds: seconds, onDisk: onDisk.withLock { $0 },
            wasInterrupted: tally.runs < request.runs ?? 1, shrunk: shrunk, offer: offer)
    }

    /// Makes a failed simulation smaller, and keeps the log of the smallest.
    private func shrink(
        _ configuration: SimulationConfiguration, _ failure: SimulationFailure, _ folder: SimulatedLogFolder?
    ) throws -> ShrunkReport? {
        let shrunk = SimulationShrinker.shrink(configuration) { $0.fails(as: failure) }
        guard let shrunk else { return nil }
        _ = try folder?.run(shrunk.configuration)
        return ShrunkReport(shrunk: shrunk, logPath: folder?.path)
    }
}

/// A line of progress that several threads show.
private final class SharedProgress: Sendable {
    private let line: Mutex<LiveProgress>

    init(_ what: String, of total: UInt64) { line = Mutex(LiveProgress(what, of: total)) }

    func show(_ position: UInt64) { line.withLock { $0.show(position) } }
    func end() { line.withLock { $0.end() } }
}
