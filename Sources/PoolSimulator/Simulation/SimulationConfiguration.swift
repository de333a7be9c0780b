import Pool

/// Everything that a simulation depends on: the same configuration gives the same log, byte for byte.
public struct SimulationConfiguration: Equatable, Sendable {
    /// Log id, host, pids, timings and the faults that strike by chance.
    public var seed: UInt64
    public var policy: PoolPolicy
    /// The policy of every engine but the first; nil when they have the same.
    public var laterPolicy: PoolPolicy?
    public var workload: Workload
    public var faults: FaultPlan
    public var world = World()
    /// Virtual time that passes at most after the faults have ended, in milliseconds; a simulation that is not quiet by
    /// then is given up, and its tasks count as never ended (CORE-4).
    public var settlesWithinMs: UInt64 = 4 * 3_600_000
    /// What owners and browsers do, if that is recorded: then neither the workload nor chance has a part in it.
    let replay: RecordedWorkload?

    public init(
        seed: UInt64, policy: PoolPolicy = PoolPolicy(), workload: Workload, faults: FaultPlan = FaultPlan()
    ) {
        self.seed = seed
        self.policy = policy
        self.workload = workload
        self.faults = faults
        replay = nil
    }

    /// The facts of a log once more, under the policies that they hold. The seed decides what is drawn where a policy
    /// asks for something that was never recorded, and the simulated host.
    public init(seed: UInt64, replaying recorded: RecordedWorkload) {
        self.seed = seed
        policy = recorded.sessions.first?.policy ?? PoolPolicy()
        workload = Workload(tasks: recorded.tasks.map { PlannedTask(atMs: 0, spec: $0.spec) })
        faults = FaultPlan()
        faults.endsAtMs = 0
        settlesWithinMs += recorded.durationNs / 1_000_000
        replay = recorded
    }

    /// A policy, a workload and a fault plan drawn from the seed alone, but for what is given.
    ///
    /// - Parameters:
    ///   - tasks: How many tasks there are, at least one; nil draws it.
    ///   - browsers: The most browsers that a drawn policy allows, 1 to 64; nil draws it.
    ///   - policy: The policy of all engines; nil draws it, and another one for later engines now and then.
    public static func drawn(
        seed: UInt64, tasks: Int? = nil, browsers: UInt32? = nil, policy: PoolPolicy? = nil,
        faults: FaultChoice = .drawn
    ) -> SimulationConfiguration {
        var random = SplitMix64(seed: seed)
        // Each has a generator of its own, so that one that is given does not change the others.
        var (policies, workloads, plans) = (random.fork(), random.fork(), random.fork())
        var drawn = SimulationConfiguration(
            seed: seed, policy: policy ?? drawnPolicy(from: &policies, browsers: browsers),
            workload: Workload.drawn(from: &workloads, tasks: tasks), faults: faults.plan(from: &plans))
        drawn.world.latePerMille = workloads.chance(perMille: 500) ? 0 : UInt32(workloads.within(1...100))
        if policy == nil, policies.chance(perMille: 300) {
            drawn.laterPolicy = drawnPolicy(from: &policies, browsers: browsers)
        }
        return drawn
    }

    private static func drawnPrediction(from random: inout SplitMix64) -> PredictionPolicy {
        PredictionPolicy(
            rule: random.pick(PredictionRule.allCases), observesOnly: random.chance(perMille: 400),
            horizonMs: random.within(2_000...30_000), phiMilli: UInt32(random.within(1_000...4_000)),
            riskMilli: UInt32(random.within(20...400)))
    }

    private static func drawnPolicy(from random: inout SplitMix64, browsers: UInt32?) -> PoolPolicy {
        var policy = PoolPolicy()
        let most = UInt32(random.within(1...4))
        policy.maxConnections = browsers ?? most
        policy.warmBrowsers =
            random.chance(perMille: 500) ? 0 : UInt32(random.within(0...UInt64(policy.maxConnections)))
        policy.lanesPerBrowser = UInt32(random.within(1...3))
        policy.adaptiveScaling = random.chance(perMille: 700)
        policy.enableFaultTolerance = !random.chance(perMille: 100)
        policy.recoveryStrategy = random.pick(RecoveryStrategy.allCases)
        policy.browserPreferences = ModelFamily.allCases.filter { _ in random.chance(perMille: 300) }.map {
            BrowserPreference(family: $0, browser: random.chance(perMille: 500) ? .simulated : .chrome)
        }
        policy.leaseMs = random.within(1_000...20_000)
        policy.launchDeadlineMs = random.within(2_000...15_000)
        policy.closeDeadlineMs = random.within(500...5_000)
        policy.breaker = BreakerPolicy(
            failures: UInt32(random.within(0...4)), baseMs: random.within(500...20_000),
            maxMs: random.within(10_000...60_000))
        policy.heartbeat?.intervalMs =
            random.chance(perMille: 400)
            ? 0 : random.within(random.chance(perMille: 500) ? 200...1_000 : 1_000...10_000)
        policy.heartbeat?.failAfterMs = random.within(1_000...20_000)
        policy.rungDeadlineMs = random.within(200...5_000)
        policy.stopDeadlineMs = random.within(200...5_000)
        policy.idleTimeoutMs = random.within(500...30_000)
        policy.maxQueued = random.chance(perMille: 150) ? 3 : 10_000
        policy.retry = RetryPolicy(
            baseMs: random.within(1...500), maxMs: random.within(500...10_000),
            budget: UInt32(random.within(1...6)))
        policy.agingMs = random.chance(perMille: 300) ? 0 : random.within(1...60_000)
        policy.preemptionGap = random.chance(perMille: 600) ? 0 : UInt32(random.within(1...3))
        policy.browserMemoryLimitBytes = random.chance(perMille: 700) ? 0 : random.within(150...400) << 20
        policy.recycleAfterTasks = random.chance(perMille: 700) ? 0 : UInt32(random.within(1...6))
        policy.recycleAfterMs = random.chance(perMille: 700) ? 0 : random.within(2_000...60_000)
        let predicts = random.chance(perMille: 500) && policy.heartbeat?.intervalMs != 0
        policy.prediction = predicts ? drawnPrediction(from: &random) : nil
        policy.stateSyncIntervalMs = random.chance(perMille: 700) ? 5_000 : random.within(20...400)
        policy.scaling = random.chance(perMille: 100) ? nil : drawnScaling(from: &random)
        if random.chance(perMille: 300) {
            policy.redundancyFactor = UInt32(random.within(1...UInt64(min(policy.maxConnections, 3))))
        }
        policy.redundancy?.serve = random.chance(perMille: 400) ? .first : .agreed
        return policy
    }

    private static func drawnScaling(from random: inout SplitMix64) -> ScalingPolicy {
        let stableMs = random.within(1_000...30_000)
        return ScalingPolicy(
            stableWindowMs: stableMs, panicWindowMs: random.within(100...stableMs / 2),
            panicPercent: random.chance(perMille: 200) ? 1_000 : UInt32(random.within(100...250)),
            tolerancePercent: UInt32(random.within(0...30)),
            cooldownMs: random.within(0...20_000),
            memoryLimitBytes: random.chance(perMille: 600) ? 0 : random.within(150...700) << 20)
    }
}
