import Foundation
import Pool
import PoolEngine

@testable import PoolSimulator

/// Simulations of consecutive seeds, run once for all the tests that look at them.
enum SeededRuns {
    /// 400 of them. `WEIR_TEST_SEEDS` asks for fewer, with which not everything comes about that can.
    static let seeds: ClosedRange<UInt64> =
        1...(ProcessInfo.processInfo.environment["WEIR_TEST_SEEDS"].flatMap(UInt64.init) ?? 400)
    static let all: [Run] = seeds.map { seed in
        let result = Simulation(.drawn(seed: seed)).run()
        return Run(seed: seed, result: result, steps: steps(of: result.log))
    }
    static let summary = all.reduce(into: SimulationSummary()) { $0.add($1.result.summary) }

    /// Runs of many tasks in which every kind of fault is on, in which what takes long comes about.
    static let busy: [SimulationResult] = (1...40 as ClosedRange<UInt64>).map { seed in
        Simulation(.drawn(seed: seed, tasks: 50, browsers: 4, faults: .all)).run()
    }
    /// Long runs at work under few faults, in which a pool has the time to learn, and to follow its load.
    static let long: [SimulationResult] =
        [
            Simulation(PredictionComparison.configuration(seed: 1, tasks: 200, PredictionPolicy())).run(),
            Simulation(PredictionComparison.configuration(seed: 3, tasks: 60, PredictionPolicy(rule: .phi)))
                .run(),
        ]
        + (1...10 as ClosedRange<UInt64>).map { seed in
            let scaling = ScalingPolicy(
                stableWindowMs: 20_000, panicWindowMs: 2_000, panicPercent: 110, cooldownMs: 1_000)
            return Simulation(ScalingComparisonTests.configuration(seed: seed, scaling)).run()
        }
    static let allSummary = (busy + long).reduce(into: summary) { $0.add($1.summary) }

    struct Run {
        var seed: UInt64
        var result: SimulationResult
        /// The events of the log, step by step.
        var steps: [[Event]]

        var events: [Event] { steps.flatMap { $0 } }
        var records: [StoredRecord] { result.log.read(from: 1, limit: .max) }
    }

    static func steps(of log: MemoryEventStore) -> [[Event]] {
        var steps: [[Event]] = []
        do {
            try log.forEachEvent { event, beginsStep in
                if beginsStep { steps.append([]) }
                steps[steps.count - 1].append(event)
            }
        } catch {
            preconditionFailure("a simulated log cannot be read: \(error)")
        }
        return steps
    }
}
