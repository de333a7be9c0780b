import Pool
import PoolEngine
import PoolSimulator
import Projections

/// What the facts of a log came to in simulations under one policy, one for each of some seeds.
struct ReplayedRuns {
    private(set) var figures: [PoolFigures] = []
    /// How much of the first one was recorded.
    private(set) var counts = ReplayCounts()
    private(set) var violations: [InvariantViolation] = []
    /// Runs that were given up before every task had ended, though all had in the record.
    private(set) var restless = 0

    /// - Parameter run: Runs a simulation; given so that the log of one can be kept.
    init(
        of workload: RecordedWorkload, seeds: ClosedRange<UInt64>,
        run: (SimulationConfiguration) throws -> SimulationResult = { Simulation($0).run() },
        onRun: () -> Void = {}
    ) throws {
        for seed in seeds {
            let result = try run(SimulationConfiguration(seed: seed, replaying: workload))
            figures.append(try result.log.projected(PoolFigures.self))
            if seed == seeds.lowerBound { counts = result.replayed ?? counts }
            violations += result.violations
            if workload.isComplete, !result.isQuiescent { restless += 1 }
            onRun()
        }
    }

    var hasFailed: Bool { !violations.isEmpty || restless > 0 }
}
