import Pool

/// Decides, moment by moment, which fault of a plan strikes, and counts those that did.
struct FaultSource: Sendable {
    private typealias Chance = (perMille: UInt32, make: (inout SplitMix64) -> Fault)

    private let plan: FaultPlan
    private let beganAt: EventTime
    private var random: SplitMix64
    /// Injections that wait for their occasion, earliest first.
    private var pending: [FaultPlan.Injection]
    private var burstUntil: EventTime
    /// Occasions of each kind in the present millisecond.
    private var occasions = [Int](repeating: 0, count: FaultOccasion.allCases.count)
    private var occasionsMs: UInt64 = 0
    /// What struck, as injections that strike so again, in order.
    private(set) var struck: [FaultPlan.Injection] = []
    /// Injections that strike at their time whatever happens then.
    let timed: [FaultPlan.Injection]

    init(_ plan: FaultPlan, beganAt: EventTime, random: SplitMix64) {
        self.plan = plan
        self.beganAt = beganAt
        self.random = random
        burstUntil = beganAt
        let injections = plan.injections.enumerated().sorted {
            $0.element.atMs != $1.element.atMs
                ? $0.element.atMs < $1.element.atMs : $0.offset < $1.offset
        }.map(\.element)
        pending = injections.filter { !$0.isTimed }
        timed = injections.filter(\.isTimed)
    }

    mutating func launch(at now: EventTime) -> Fault? {
        let slowest = max(2, plan.slowestTimes)
        var chances: [Chance] = [
            (plan.launchFailsPerMille, { .launchFails($0.pick(Evidence.allCases)) }),
            (plan.launchHangsPerMille, { _ in .launchHangs }),
            (plan.launchWithoutAdapterPerMille, { _ in .launchWithoutAdapter }),
            (plan.browserSlowPerMille, { .browserSlow(times: $0.within(2...slowest)) }),
        ]
        if plan.browserAilsPerMille > 0 {
            chances.append((plan.browserAilsPerMille, { .browserAils(.drawn(from: &$0)) }))
        }
        if plan.browserWrongPerMille > 0 {
            chances.append((plan.browserWrongPerMille, { .browserWrong(by: $0.within(1...3)) }))
        }
        return strike(.launch, at: now, chances)
    }

    /// - Parameter suits: Whether the model of the run gets on with its browser.
    mutating func run(suits: Bool, at now: EventTime) -> Fault? {
        let plan = plan
        var chances: [Chance] = [
            (plan.browserFailsPerMille, { Self.drawBrowserFailure(&$0, plan) }),
            (plan.runFailsPerMille, { .runFails($0.pick(RunFailure.allCases)) }),
            (plan.runHangsPerMille, { _ in .runHangs }),
        ]
        if !suits { chances.append((plan.modelFailsPerMille, Self.drawModelFailure)) }
        return strike(.run, at: now, chances)
    }

    /// What comes of a model on a kind of browser that it does not get on with.
    private static func drawModelFailure(_ random: inout SplitMix64) -> Fault {
        random.chance(perMille: 500)
            ? .runFails(.executorFault)
            : .browserFails(random.pick([.rendererCrashed, .shaderHung, .deviceLost]), processEnded: false)
    }

    /// The failure of a browser that may be idle then, and how long after its launch, in nanoseconds. It is not noted
    /// yet: the browser may be gone by then.
    mutating func idleBrowser(at now: EventTime) -> (fault: Fault, afterNs: UInt64)? {
        let elapsedMs = elapsedMs(now)
        guard elapsedMs < plan.endsAtMs, random.chance(perMille: plan.browserFailsPerMille) else {
            return nil
        }
        let fault = Self.drawBrowserFailure(&random, plan)
        return (fault, min(random.within(0...30_000), plan.endsAtMs - elapsedMs) * 1_000_000)
    }

    mutating func close(at now: EventTime) -> Fault? {
        strike(.close, at: now, [(plan.closeHangsPerMille, { _ in .closeHangs })])
    }

    mutating func stop(at now: EventTime) -> Fault? {
        strike(.stop, at: now, [(plan.stopHangsPerMille, { _ in .stopHangs })])
    }

    mutating func prepare(at now: EventTime) -> Fault? {
        strike(
            .prepare, at: now,
            [
                (plan.prepareFailsPerMille, { .prepareFails($0.pick(RunFailure.allCases)) }),
                (plan.prepareHangsPerMille, { _ in .prepareHangs }),
            ])
    }

    mutating func rung(at now: EventTime) -> Fault? {
        strike(
            .rung, at: now,
            [
                (plan.rungFailsPerMille, { _ in .rungFails }),
                (plan.rungHangsPerMille, { _ in .rungHangs }),
                (plan.browserDiesHealingPerMille, { _ in .browserDiesHealing }),
            ])
    }

    mutating func heartbeat(at now: EventTime) -> Fault? {
        strike(.heartbeat, at: now, [(plan.browserFallsSilentPerMille, { _ in .browserFallsSilent })])
    }

    mutating func comparison(at now: EventTime) -> Fault? {
        strike(
            .comparison, at: now,
            [
                (plan.comparisonFailsPerMille, { _ in .comparisonFails }),
                (plan.comparisonHangsPerMille, { _ in .comparisonHangs }),
            ])
    }

    mutating func report(at now: EventTime) -> Fault? {
        strike(
            .report, at: now,
            [
                (plan.reportLostPerMille, { _ in .reportLost }),
                (plan.reportLatePerMille, { _ in .reportLate }),
                (plan.reportRepeatedPerMille, { _ in .reportRepeated }),
            ])
    }

    /// What comes of a step. It is not noted yet: the engine may have ended by the time that it comes about.
    mutating func step(at now: EventTime) -> FaultPlan.Injection? {
        let (plan, hold) = (plan, plan.holdTasksPerMille)
        let (stall, burst) = (max(1, plan.longestStallMs), max(1, plan.longestBurstMs))
        let found = next(
            .step, at: now,
            [
                (plan.engineCrashesPerMille, { .engineCrashes(holdTasks: $0.chance(perMille: hold)) }),
                (plan.appendFailsPerMille, { .appendFails(holdTasks: $0.chance(perMille: hold)) }),
                (plan.engineStopsPerMille, { .engineStops(holdTasks: $0.chance(perMille: hold)) }),
                (plan.engineStallsPerMille, { .engineStalls(ms: $0.within(1...stall)) }),
                (plan.browsersFailPerMille, { Self.drawCommonFailure(&$0, plan) }),
                (plan.burstsPerMille, { .burst(ms: $0.within(1...burst)) }),
            ])
        guard var found else { return nil }
        if case .engineCrashes = found.injection.fault, found.isByChance {
            found.injection.delayMs = random.within(0...2 * plan.durabilityDelayMs)
        }
        return found.injection
    }

    /// From now on, everything strikes more often for a while.
    mutating func beginBurst(ms: UInt64, at now: EventTime) {
        burstUntil = max(burstUntil, now.adding(milliseconds: ms))
    }

    /// Notes an injection that strikes, or what strikes again when it is injected.
    mutating func note(_ injection: FaultPlan.Injection) { struck.append(injection) }

    /// Notes the failure of a browser that strikes now.
    mutating func note(_ fault: Fault, of browser: BrowserID, at now: EventTime) {
        struck.append(FaultPlan.Injection(atMs: elapsedMs(now), fault, browser: browser))
    }

    private func elapsedMs(_ now: EventTime) -> UInt64 { now.nanoseconds(since: beganAt) / 1_000_000 }

    private static func drawBrowserFailure(_ random: inout SplitMix64, _ plan: FaultPlan) -> Fault {
        let evidence = random.pick(plan.evidence)
        let ended = evidence == .processExited || !random.chance(perMille: plan.processGoesOnPerMille)
        return .browserFails(evidence, processEnded: ended)
    }

    private static func drawCommonFailure(_ random: inout SplitMix64, _ plan: FaultPlan) -> Fault {
        let failure = drawBrowserFailure(&random, plan)
        guard case .browserFails(let evidence, let ended) = failure else { return failure }
        return .browsersFail(evidence, processEnded: ended)
    }

    private mutating func strike(
        _ occasion: FaultOccasion, at now: EventTime, _ chances: [Chance]
    ) -> Fault? {
        guard let injection = next(occasion, at: now, chances)?.injection else { return nil }
        note(injection)
        return injection.fault
    }

    /// The first injection that waits for this occasion, or else at most one fault by chance.
    private mutating func next(
        _ occasion: FaultOccasion, at now: EventTime, _ chances: [Chance]
    ) -> (injection: FaultPlan.Injection, isByChance: Bool)? {
        let elapsedMs = elapsedMs(now)
        if occasionsMs != elapsedMs {
            occasionsMs = elapsedMs
            for index in occasions.indices { occasions[index] = 0 }
        }
        let before = occasions[occasion.rawValue]
        occasions[occasion.rawValue] += 1
        if let ordered = ordered(for: occasion, elapsedMs) { return (ordered, false) }
        guard elapsedMs < plan.endsAtMs else { return nil }
        let times = now < burstUntil ? min(plan.burstTimes, 1000) : 1
        for (perMille, make) in chances where random.chance(perMille: min(perMille, 1000) * times) {
            return (FaultPlan.Injection(atMs: elapsedMs, make(&random), skips: before), true)
        }
        return nil
    }

    /// Takes out the first injection for an occasion that lets it pass no more.
    private mutating func ordered(
        for occasion: FaultOccasion, _ elapsedMs: UInt64
    ) -> FaultPlan.Injection? {
        guard let first = pending.first, first.atMs <= elapsedMs else { return nil }
        var found: Int?
        for index in pending.indices {
            guard pending[index].atMs <= elapsedMs else { break }
            guard pending[index].fault.occasion == occasion else { continue }
            if let skips = pending[index].skips, skips > 0 {
                pending[index].skips = skips - 1
            } else if found == nil {
                found = index
            }
        }
        return found.map { pending.remove(at: $0) }
    }
}
