import Pool
import PoolEngine

/// What the adaptive strategy costs beside the fixed ones, each through the whole of the same drawn worlds: a pool with
/// many tasks whose browsers fail again and again, in the few ways of that world.
///
/// The cost of a recovery is the time until its task runs again, together with the lane time that a race takes from other
/// tasks; one that is given up costs all the time that it had. A strategy's regret in a world is its mean cost beyond that
/// of the fixed strategy that turns out to be the best there. The adaptive one begins each world without experience.
public struct StrategyRegret: Sendable, Equatable {
    /// One strategy in one world.
    public struct Outcome: Sendable, Equatable {
        public let strategy: RecoveryStrategy
        public fileprivate(set) var recoveries = 0
        /// Recoveries that were given up.
        public fileprivate(set) var givenUp = 0
        /// Of all recoveries, in milliseconds.
        public fileprivate(set) var costMs: Double = 0

        public var meanCostMs: Double { recoveries == 0 ? 0 : costMs / Double(recoveries) }
    }

    /// The world's seed.
    public let seed: UInt64
    /// One for each strategy, the adaptive one last.
    public let outcomes: [Outcome]

    /// - Parameter tasks: How many tasks each strategy has to bring to their ends.
    public init(seed: UInt64, tasks: Int = 150) {
        self.seed = seed
        outcomes = RecoveryStrategy.allCases.map { strategy in
            var outcome = Outcome(strategy: strategy)
            outcome.add(Simulation(Self.configuration(seed: seed, tasks: tasks, strategy)).run())
            return outcome
        }
    }

    /// The mean cost of the fixed strategy that is best in this world, in milliseconds.
    public var leastFixedCostMs: Double {
        outcomes.filter { $0.strategy != .adaptive }.map(\.meanCostMs).min() ?? 0
    }

    public func regretMs(of strategy: RecoveryStrategy) -> Double {
        outcomes.filter { $0.strategy == strategy }.reduce(0) { $0 + $1.meanCostMs } - leastFixedCostMs
    }

    /// Two to four browsers with one or two lanes, now and then with none to spare, and three models.
    private static func configuration(
        seed: UInt64, tasks count: Int, _ strategy: RecoveryStrategy
    ) -> SimulationConfiguration {
        var random = SplitMix64(seed: seed)
        let browsers = UInt32(random.within(2...4))
        let policy = PoolPolicy(
            maxConnections: browsers, warmBrowsers: browsers,
            lanesPerBrowser: UInt32(random.within(1...2)), recoveryStrategy: strategy,
            breaker: nil, heartbeat: nil)
        let lanes = UInt64(policy.maxConnections * policy.lanesPerBrowser)
        let world = World.drawn(from: &random)
        let batchMs = (world.batchMs.lowerBound + world.batchMs.upperBound) / 2
        // How busy the lanes are, in thousandths.
        let load = random.within(300...1_100)
        var tasks: [PlannedTask] = []
        var atMs: UInt64 = 0
        for _ in 0..<count {
            let batches = random.within(5...35)
            var spec = TaskSpec(
                model: "model-\(random.below(3))", runtime: "simulated", itemsTotal: batches, inputsCount: 1,
                batchItems: 1, backends: [.webgpu])
            let digit = spec.model.utf8.last ?? 0
            spec.modelDigest = Digest(bytes: [UInt8](repeating: digit, count: 32)) ?? .zero
            spec.priority = UInt32(random.below(3))
            tasks.append(PlannedTask(atMs: atMs, spec: spec))
            atMs += batches * batchMs * 1_000 / (lanes * load) * random.within(0...2_000) / 1_000
        }
        var faults = FaultPlan()
        faults.browserFailsPerMille = 40
        faults.evidence = (0..<3).map { _ in random.pick(Evidence.allCases.filter { $0.ladder.count > 1 }) }
        faults.processGoesOnPerMille = 900
        faults.endsAtMs = atMs
        var configuration = SimulationConfiguration(
            seed: seed, policy: policy, workload: Workload(tasks: tasks), faults: faults)
        configuration.world = world
        return configuration
    }
}

extension StrategyRegret.Outcome {
    fileprivate mutating func add(_ result: SimulationResult) {
        var began: [RecoveryID: (at: EventTime, deadline: EventTime)] = [:]
        var granted: [AllocationID: EventTime] = [:]
        for event in result.events {
            switch event.payload {
            case .recoveryBegan(let recovery):
                began[RecoveryID(event.sequence)] = (event.at, recovery.deadline)
            case .recoveryCommitted(let recovery): end(Double(recovery.durationNs))
            case .recoveryRolledBack(let recovery):
                guard let times = began[recovery.recovery] else { break }
                switch recovery.reason {
                case .timedOut, .retriesExhausted, .groupFailed:
                    givenUp += 1
                    end(Double(times.deadline.nanoseconds(since: times.at)))
                case .taskEnded, .engineStopped: break
                }
            case .taskGranted: granted[AllocationID(event.sequence)] = event.at
            case .allocationReleased(let released) where released.reason == .raceLost:
                let at = granted[released.allocation] ?? event.at
                costMs += Double(event.at.nanoseconds(since: at)) / 1_000_000
            default: break
            }
        }
    }

    private mutating func end(_ costNs: Double) {
        recoveries += 1
        costMs += costNs / 1_000_000
    }
}
