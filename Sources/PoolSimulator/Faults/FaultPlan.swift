import Pool

/// What goes wrong in a simulation: by chance, in thousandths, and by order, at given times.
public struct FaultPlan: Equatable, Sendable {
    /// A fault by order. One that concerns a launch, a run, a close, a stop, a preparation, a rung, a comparison or a
    /// report, and `appendFails`, strikes the first such from its time on. The others strike at their time, whatever happens then,
    /// unless it is said how many runs (for `browserFails`) or steps they let pass. `browserFails` strikes the usable
    /// browser that it names, or else the one with the lowest id then, if there is one.
    public struct Injection: Equatable, Sendable {
        /// Virtual time since the simulation's beginning, in milliseconds.
        public var atMs: UInt64
        public var fault: Fault
        /// For `browserFails` at its time only.
        public var browser: BrowserID?
        /// How many occasions from its time on it lets pass.
        public var skips: Int?
        /// For `engineCrashes` that comes of a step: how long after the step, in milliseconds.
        public var delayMs: UInt64

        public init(
            atMs: UInt64, _ fault: Fault, browser: BrowserID? = nil, skips: Int? = nil, delayMs: UInt64 = 0
        ) {
            self.atMs = atMs
            self.fault = fault
            self.browser = browser
            self.skips = skips
            self.delayMs = delayMs
        }

        /// Whether it strikes at its time, whatever happens then.
        var isTimed: Bool {
            guard skips == nil else { return false }
            return switch fault {
            case .browserFails, .browsersFail, .engineCrashes, .engineStops, .engineStalls, .burst: true
            default: false
            }
        }
    }

    /// Per launch.
    public var launchFailsPerMille: UInt32 = 0
    /// Per launch.
    public var launchHangsPerMille: UInt32 = 0
    /// Per launch.
    public var launchWithoutAdapterPerMille: UInt32 = 0
    /// Per launch.
    public var browserSlowPerMille: UInt32 = 0
    /// Per launch.
    public var browserAilsPerMille: UInt32 = 0
    /// How many times as long things take at most on a browser that is slow by chance.
    public var slowestTimes: UInt64 = 10
    /// Per report of a run, and once per launch for the time in which it may be idle.
    public var browserFailsPerMille: UInt32 = 0
    /// Per step.
    public var browsersFailPerMille: UInt32 = 0
    /// What is seen of browsers that fail by chance.
    public var evidence = Evidence.allCases
    /// Per failed browser whose evidence does not tell: the process goes on.
    public var processGoesOnPerMille: UInt32 = 500
    /// Per failed browser whose failure is like that of an injected fault: it is recorded as one before it shows.
    public var injectedPerMille: UInt32 = 0
    /// Per report of a run.
    public var runFailsPerMille: UInt32 = 0
    /// Per report of a run.
    public var runHangsPerMille: UInt32 = 0
    /// Per report of a run of a model on the one kind of browser that it does not get on with.
    public var modelFailsPerMille: UInt32 = 0
    /// Per close.
    public var closeHangsPerMille: UInt32 = 0
    /// Per stop.
    public var stopHangsPerMille: UInt32 = 0
    /// Per preparation.
    public var prepareFailsPerMille: UInt32 = 0
    /// Per preparation.
    public var prepareHangsPerMille: UInt32 = 0
    /// Per rung.
    public var rungFailsPerMille: UInt32 = 0
    /// Per rung.
    public var rungHangsPerMille: UInt32 = 0
    /// Per rung.
    public var browserDiesHealingPerMille: UInt32 = 0
    /// Per sign of life.
    public var browserFallsSilentPerMille: UInt32 = 0
    /// Per launch.
    public var browserWrongPerMille: UInt32 = 0
    /// Per comparison.
    public var comparisonFailsPerMille: UInt32 = 0
    /// Per comparison.
    public var comparisonHangsPerMille: UInt32 = 0
    /// Per report.
    public var reportLostPerMille: UInt32 = 0
    /// Per report.
    public var reportLatePerMille: UInt32 = 0
    /// Per report.
    public var reportRepeatedPerMille: UInt32 = 0
    /// Per step.
    public var engineCrashesPerMille: UInt32 = 0
    /// Per step.
    public var appendFailsPerMille: UInt32 = 0
    /// Per step.
    public var engineStopsPerMille: UInt32 = 0
    /// Per step.
    public var engineStallsPerMille: UInt32 = 0
    /// Longest stall that strikes by chance, in milliseconds.
    public var longestStallMs: UInt64 = 30_000
    /// Per step.
    public var burstsPerMille: UInt32 = 0
    /// How many times as often everything strikes in a burst.
    public var burstTimes: UInt32 = 10
    /// Longest burst that comes by chance, in milliseconds.
    public var longestBurstMs: UInt64 = 5_000
    /// Per end of an engine: the next one holds tasks until they are resumed.
    public var holdTasksPerMille: UInt32 = 500
    /// Longest time until a step is durable, in milliseconds; 0 makes it durable at once.
    public var durabilityDelayMs: UInt64 = 0
    /// Faults by order, in any order.
    public var injections: [Injection] = []
    /// No fault strikes from this virtual time on, in milliseconds since the beginning, so that everything can end.
    public var endsAtMs: UInt64 = 60_000

    /// Nothing goes wrong, and every step is durable at once.
    public init() {}

    /// How late a timer may fire under this plan, in nanoseconds: what the checker of a simulation must tolerate.
    public var latestTimerNs: UInt64 {
        let injected = injections.map { injection -> UInt64 in
            if case .engineStalls(let ms) = injection.fault { ms } else { 0 }
        }
        return max(injected.max() ?? 0, engineStallsPerMille > 0 ? longestStallMs : 0) * 1_000_000
    }

    /// A plan drawn from a seed: every kind of fault may be rare or frequent, or off unless all are wanted.
    public static func drawn(from random: inout SplitMix64, all: Bool = false) -> FaultPlan {
        func draw(_ most: UInt64) -> UInt32 {
            random.chance(perMille: 400) && !all ? 0 : UInt32(random.within(1...most))
        }
        var plan = FaultPlan()
        plan.launchFailsPerMille = draw(random.chance(perMille: 150) ? 900 : 250)
        plan.launchHangsPerMille = draw(random.chance(perMille: 100) ? 900 : 150)
        plan.launchWithoutAdapterPerMille = draw(random.chance(perMille: 100) ? 900 : 60)
        plan.browserFailsPerMille = draw(random.chance(perMille: 100) ? 800 : 120)
        plan.processGoesOnPerMille = UInt32(random.within(0...1000))
        plan.runFailsPerMille = draw(60)
        plan.runHangsPerMille = draw(50)
        plan.closeHangsPerMille = draw(300)
        plan.stopHangsPerMille = draw(500)
        plan.prepareFailsPerMille = draw(300)
        plan.prepareHangsPerMille = draw(200)
        plan.rungFailsPerMille = draw(400)
        plan.rungHangsPerMille = draw(200)
        plan.browserDiesHealingPerMille = draw(150)
        plan.browserFallsSilentPerMille = draw(60)
        plan.reportLostPerMille = draw(40)
        plan.reportLatePerMille = draw(60)
        plan.reportRepeatedPerMille = draw(100)
        plan.engineCrashesPerMille = draw(40)
        plan.engineStopsPerMille = draw(15)
        plan.engineStallsPerMille = draw(15)
        plan.longestStallMs = random.within(1...30_000)
        plan.holdTasksPerMille = UInt32(random.within(0...1000))
        plan.durabilityDelayMs = random.chance(perMille: 300) ? 0 : random.within(1...200)
        plan.endsAtMs = random.within(5_000...90_000)
        plan.browserSlowPerMille = draw(200)
        plan.slowestTimes = random.within(2...40)
        plan.browsersFailPerMille = draw(10)
        plan.appendFailsPerMille = draw(10)
        plan.burstsPerMille = draw(8)
        plan.burstTimes = UInt32(random.within(2...50))
        plan.longestBurstMs = random.within(500...30_000)
        plan.browserAilsPerMille = draw(400)
        plan.modelFailsPerMille = draw(900)
        plan.browserWrongPerMille = draw(random.chance(perMille: 300) ? 600 : 150)
        plan.comparisonFailsPerMille = random.chance(perMille: 300) ? 1_000 : draw(150)
        plan.comparisonHangsPerMille = draw(400)
        plan.injectedPerMille = 300
        return plan
    }
}
