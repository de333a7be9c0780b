import Pool
import Testing

@testable import PoolSimulator

@Suite("Regret of strategies")
struct StrategyRegretTests {
    @Test("is that beside the best fixed strategy, and the same for the same seed")
    func regret() {
        let world = StrategyRegret(seed: 3, tasks: 15)
        #expect(world == StrategyRegret(seed: 3, tasks: 15))
        #expect(world.outcomes.map(\.strategy) == RecoveryStrategy.allCases)
        #expect(world.outcomes.allSatisfy { $0.recoveries > 2 && $0.meanCostMs > 0 })
        #expect(RecoveryStrategy.fixed.map(world.regretMs).min() == 0)
        let adaptive = world.outcomes.last?.meanCostMs ?? 0
        #expect(world.regretMs(of: .adaptive) == adaptive - world.leastFixedCostMs)
    }

    @Test("worlds differ, and their rungs mostly help or mostly do not")
    func worlds() {
        var random = SplitMix64(seed: 1)
        let worlds = (0..<40).map { _ in World.drawn(from: &random) }
        #expect(Set(worlds.map(\.launchMs)).count > 3)
        #expect(Set(worlds.map(\.coldStartMs)).count > 5)
        let chances = worlds.map { $0.healsPerMille(.reloadPage, after: .rendererCrashed) }
        #expect(chances.allSatisfy { $0 <= 200 || $0 >= 800 })
        #expect(chances.contains { $0 <= 200 } && chances.contains { $0 >= 800 })
        #expect(World().healsPerMille(.reloadPage, after: .rendererCrashed) == 1_000)
    }
}
