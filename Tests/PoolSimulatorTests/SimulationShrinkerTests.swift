import Pool
import PoolEngine
import Testing

@testable import PoolSimulator

@Suite("Shrinking")
struct SimulationShrinkerTests {
    private static func rollsBack(_ result: SimulationResult) -> Bool {
        result.summary.events["recovery_rolled_back"] > 0
    }

    /// Seeds of large simulations in which a recovery is rolled back.
    private static let seeds: [UInt64] = (1...40).filter { seed in
        rollsBack(Simulation(configuration(seed)).run())
    }

    private static func configuration(_ seed: UInt64) -> SimulationConfiguration {
        .drawn(seed: seed, tasks: 30, browsers: 4, faults: .all)
    }

    @Test("leaves a few tasks and ordered faults of a large simulation that rolls a recovery back")
    func rollback() throws {
        #expect(Self.seeds.count > 4)
        for seed in Self.seeds.prefix(4) {
            let large = Simulation(Self.configuration(seed)).run()
            let shrunk = try #require(
                SimulationShrinker.shrink(Self.configuration(seed), while: Self.rollsBack))
            let small = shrunk.configuration
            #expect(small.seed == seed)
            #expect(small.workload.tasks.count <= 5, "seed \(seed)")
            #expect(small.faults.injections.count <= 8, "seed \(seed)")
            #expect(FaultPlan.rates.allSatisfy { small.faults[keyPath: $0.path] == 0 }, "seed \(seed)")
            #expect(shrunk.result.log.durableHead() * 3 < large.log.durableHead(), "seed \(seed)")
        }
    }

    @Test("gives the simulation that it ends with: it runs again to the same log and shows the same")
    func reproducible() throws {
        let seed = try #require(Self.seeds.first)
        let shrunk = try #require(
            SimulationShrinker.shrink(Self.configuration(seed), while: Self.rollsBack))
        let again = Simulation(shrunk.configuration).run()
        #expect(again.digest == shrunk.result.digest)
        #expect(Self.rollsBack(again))
        #expect(again.violations.isEmpty)
    }

    @Test("leaves nothing of a simulation of which anything shows it")
    func anything() throws {
        let shrunk = try #require(SimulationShrinker.shrink(Self.configuration(3)) { _ in true })
        #expect(shrunk.configuration.workload.tasks.isEmpty)
        #expect(shrunk.configuration.faults.injections.isEmpty)
        #expect(shrunk.result.summary.engines == 1)
    }

    @Test("what struck by chance gives nearly always the same log, byte for byte, when it is ordered")
    func ordering() {
        var (same, struck) = (0, 0)
        for seed in 1...40 as ClosedRange<UInt64> {
            var configuration = Self.configuration(seed)
            let byChance = Simulation(configuration).run()
            configuration.faults = configuration.faults.ordering(byChance.struck)
            let ordered = Simulation(configuration).run()
            // A browser that fails idle does so first in its millisecond when that is ordered.
            if ordered.digest == byChance.digest { same += 1 }
            struck += byChance.struck.count
        }
        #expect(struck > 400)
        #expect(same >= 30, "\(same) of 40")
    }

    @Test("gives nothing when there is nothing to show, and runs no more than it may")
    func bounds() throws {
        #expect(SimulationShrinker.shrink(Self.configuration(3)) { _ in false } == nil)
        let few = try #require(SimulationShrinker.shrink(Self.configuration(3), limit: 5) { _ in true })
        #expect(few.runs <= 5)
    }

    @Test("follows one invariant, not any other that fails on the way")
    func sameInvariant() {
        let own = InvariantViolation(invariant: .core6, sequence: 9, detail: "")
        var result = Simulation(Self.configuration(3)).run()
        #expect(!result.fails(as: .violation(own)) && !result.fails(as: .neverQuiet))
        result.violations = [InvariantViolation(invariant: .core4, sequence: 1, detail: ""), own]
        #expect(result.fails(as: .violation(own)))
        #expect(!result.fails(as: .violation(InvariantViolation(invariant: .core8, sequence: 9, detail: ""))))
        result.isQuiescent = false
        #expect(result.fails(as: .neverQuiet))
    }
}
