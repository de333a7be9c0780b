import Pool
import PoolSimulator
import Testing

@Suite("A fault plan")
struct FaultPlanTests {
    private func plan(_ seed: UInt64, _ faults: FaultChoice) -> FaultPlan {
        SimulationConfiguration.drawn(seed: seed, faults: faults).faults
    }

    @Test("of all faults has every rate above none; a drawn one leaves some out")
    func rates() {
        for seed in 1...100 as ClosedRange<UInt64> {
            let (all, drawn) = (plan(seed, .all), plan(seed, .drawn))
            for rate in FaultPlan.rates {
                #expect((1...1000).contains(all[keyPath: rate.path]), "\(rate.name)")
            }
            #expect(FaultPlan.rates.contains { drawn[keyPath: $0.path] == 0 })
            #expect(plan(seed, .none) == FaultPlan())
            #expect(plan(seed, .given(all)) == all)
        }
    }

    @Test("lists every field that is a rate")
    func completeness() {
        // What is no chance of a fault, but says what one is like.
        let others = ["processGoesOnPerMille", "injectedPerMille", "holdTasksPerMille"]
        let fields = Mirror(reflecting: FaultPlan()).children.compactMap(\.label)
        let rates = fields.filter { $0.hasSuffix("PerMille") && !others.contains($0) }
        let listed = FaultPlan.rates.map { rate in
            rate.name.split(separator: "_").enumerated().map { index, word in
                index == 0 ? String(word) : word.prefix(1).uppercased() + word.dropFirst()
            }.joined()
        }
        #expect(listed == rates)
    }

    @Test("what is given of a simulation leaves the rest as it is drawn from the seed")
    func givenParts() {
        for seed in 1...30 as ClosedRange<UInt64> {
            let drawn = SimulationConfiguration.drawn(seed: seed)
            let tasks = SimulationConfiguration.drawn(seed: seed, tasks: 50)
            #expect(tasks.workload.tasks.count == 50)
            #expect(tasks.policy == drawn.policy && tasks.faults == drawn.faults)
            let browsers = SimulationConfiguration.drawn(seed: seed, browsers: 9)
            #expect(browsers.policy.maxConnections == 9)
            #expect(browsers.laterPolicy.map { $0.maxConnections == 9 } ?? true)
            #expect(browsers.workload == drawn.workload)
            let policy = SimulationConfiguration.drawn(seed: seed, policy: PoolPolicy())
            #expect(policy.policy == PoolPolicy() && policy.laterPolicy == nil)
            #expect(policy.workload == drawn.workload && policy.faults == drawn.faults)
        }
    }
}
