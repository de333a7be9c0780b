import Pool
import Testing

@testable import PoolSimulator

/// The same bursts of short and long tasks in the same worlds, with and without a scaling policy: without one a browser
/// is launched for every task that waits.
@Suite("Scaling by load, beside a launch for every task that waits,")
struct ScalingComparisonTests {
    private static let seeds: ClosedRange<UInt64> = 1...10

    /// What a pool did over all seeds.
    private struct Outcome {
        var launches = 0
        var waitsMs: [Double] = []
        var raised = 0
        var reduced = 0
        /// Time that browsers were there, in milliseconds.
        var browserMs: Double = 0

        var meanWaitMs: Double { waitsMs.reduce(0, +) / Double(max(waitsMs.count, 1)) }
        func waitMs(percent: Int) -> Double { waitsMs.sorted()[waitsMs.count * percent / 100] }
    }

    static func configuration(seed: UInt64, _ scaling: ScalingPolicy?) -> SimulationConfiguration {
        var random = SplitMix64(seed: seed)
        let world = World.drawn(from: &random)
        let policy = PoolPolicy(maxConnections: 8, breaker: nil, heartbeat: nil, scaling: scaling)
        var tasks: [PlannedTask] = []
        for burst in 0..<12 as Range<UInt64> {
            // Some bursts are of many items, most of few.
            let items = random.chance(perMille: 250) ? random.within(20...60) : random.within(1...4)
            for _ in 0..<random.within(1...12) {
                var spec = TaskSpec(
                    model: "model", runtime: "simulated", itemsTotal: items, inputsCount: 1, batchItems: 1,
                    backends: [.webgpu])
                spec.modelDigest = Digest(bytes: [UInt8](repeating: 7, count: 32)) ?? .zero
                tasks.append(PlannedTask(atMs: burst * 20_000 + random.within(0...1_000), spec: spec))
            }
        }
        var configuration = SimulationConfiguration(
            seed: seed, policy: policy, workload: Workload(tasks: tasks.sorted { $0.atMs < $1.atMs }))
        configuration.world = world
        return configuration
    }

    private static func outcome(_ scaling: ScalingPolicy?) -> Outcome {
        var outcome = Outcome()
        for seed in seeds {
            let result = Simulation(configuration(seed: seed, scaling)).run()
            #expect(result.violations.isEmpty && result.isQuiescent, "seed \(seed)")
            var launched: [BrowserID: EventTime] = [:]
            for event in result.events {
                switch event.payload {
                case .browserLaunchDecided(let decided):
                    outcome.launches += 1
                    launched[decided.browser ?? BrowserID(event.sequence)] = event.at
                case .browserCloseDecided(let decided):
                    let at = launched[decided.browser] ?? event.at
                    outcome.browserMs += Double(event.at.nanoseconds(since: at)) / 1_000_000
                case .runAssigned(let assigned): outcome.waitsMs.append(Double(assigned.queueNs) / 1_000_000)
                case .poolScaled(let scaled) where scaled.targetAfter > scaled.targetBefore:
                    outcome.raised += 1
                case .poolScaled: outcome.reduced += 1
                default: break
                }
            }
        }
        return outcome
    }

    @Test("launches fewer browsers for a shorter time, and tasks wait little longer")
    func bursts() {
        let (scaled, former) = (Self.outcome(ScalingPolicy()), Self.outcome(nil))
        #expect(scaled.waitsMs.count == former.waitsMs.count)
        #expect(scaled.raised > 0 && scaled.reduced > 0 && former.raised + former.reduced == 0)
        let detail = """
            launches \(scaled.launches) and \(former.launches), mean wait \(scaled.meanWaitMs) and \
            \(former.meanWaitMs) ms, p90 \(scaled.waitMs(percent: 90)) and \(former.waitMs(percent: 90)) ms, browsers there for \
            \(scaled.browserMs / 1_000) and \(former.browserMs / 1_000) s
            """
        #expect(scaled.launches < former.launches, "\(detail)")
        #expect(scaled.browserMs < former.browserMs, "\(detail)")
        #expect(scaled.meanWaitMs <= former.meanWaitMs * 1.1, "\(detail)")
        #expect(scaled.waitMs(percent: 90) <= former.waitMs(percent: 90) * 1.15, "\(detail)")
    }
}
