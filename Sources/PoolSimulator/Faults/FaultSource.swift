import Pool

/// Decides, moment by moment, which fault of a plan strikes, and counts those that did.
struct FaultSource: Sendable {
    private let plan: FaultPlan
    private let beganAt: EventTime
    private var random: SplitMix64
    /// Injections that have not struck yet, earliest first.
    private var pending: [FaultPlan.Injection]
    private(set) var struck: [Fault] = []

    init(_ plan: FaultPlan, beganAt: EventTime, random: SplitMix64) {
        self.plan = plan
        self.beganAt = beganAt
        self.random = random
        pending = plan.injections.enumerated().sorted {
            $0.element.atMs != $1.element.atMs
                ? $0.element.atMs < $1.element.atMs : $0.offset < $1.offset
        }.map(\.element)
    }

    mutating func launch(at now: EventTime) -> Fault? {
        strike(
            at: now,
            [
                (plan.launchFailsPerMille, { .launchFails($0.pick(Evidence.allCases)) }),
                (plan.launchHangsPerMille, { _ in .launchHangs }),
                (plan.launchWithoutAdapterPerMille, { _ in .launchWithoutAdapter }),
            ]
        ) {
            switch $0 {
            case .launchFails, .launchHangs, .launchWithoutAdapter: true
            default: false
            }
        }
    }

    mutating func run(at now: EventTime) -> Fault? {
        let goesOn = plan.processGoesOnPerMille
        return strike(
            at: now,
            [
                (plan.browserFailsPerMille, { Self.drawBrowserFailure(&$0, processGoesOnPerMille: goesOn) }),
                (plan.runFailsPerMille, { .runFails($0.pick(RunFailure.allCases)) }),
                (plan.runHangsPerMille, { _ in .runHangs }),
            ]
        ) {
            switch $0 {
            case .runFails, .runHangs: true
            default: false
            }
        }
    }

    /// The failure of a browser that may be idle then, and how long after its launch, in nanoseconds. It is not noted
    /// yet: the browser may be gone by then.
    mutating func idleBrowser(at now: EventTime) -> (fault: Fault, afterNs: UInt64)? {
        let elapsedMs = now.nanoseconds(since: beganAt) / 1_000_000
        guard elapsedMs < plan.endsAtMs, random.chance(perMille: plan.browserFailsPerMille) else {
            return nil
        }
        let fault = Self.drawBrowserFailure(&random, processGoesOnPerMille: plan.processGoesOnPerMille)
        return (fault, min(random.within(0...30_000), plan.endsAtMs - elapsedMs) * 1_000_000)
    }

    mutating func close(at now: EventTime) -> Fault? {
        strike(at: now, [(plan.closeHangsPerMille, { _ in .closeHangs })]) { $0 == .closeHangs }
    }

    mutating func stop(at now: EventTime) -> Fault? {
        strike(at: now, [(plan.stopHangsPerMille, { _ in .stopHangs })]) { $0 == .stopHangs }
    }

    mutating func prepare(at now: EventTime) -> Fault? {
        strike(
            at: now,
            [
                (plan.prepareFailsPerMille, { .prepareFails($0.pick(RunFailure.allCases)) }),
                (plan.prepareHangsPerMille, { _ in .prepareHangs }),
            ]
        ) {
            switch $0 {
            case .prepareFails, .prepareHangs: true
            default: false
            }
        }
    }

    mutating func rung(at now: EventTime) -> Fault? {
        strike(
            at: now,
            [
                (plan.rungFailsPerMille, { _ in .rungFails }),
                (plan.rungHangsPerMille, { _ in .rungHangs }),
                (plan.browserDiesHealingPerMille, { _ in .browserDiesHealing }),
            ]
        ) { [.rungFails, .rungHangs, .browserDiesHealing].contains($0) }
    }

    mutating func heartbeat(at now: EventTime) -> Fault? {
        strike(at: now, [(plan.browserFallsSilentPerMille, { _ in .browserFallsSilent })]) {
            $0 == .browserFallsSilent
        }
    }

    mutating func report(at now: EventTime) -> Fault? {
        strike(
            at: now,
            [
                (plan.reportLostPerMille, { _ in .reportLost }),
                (plan.reportLatePerMille, { _ in .reportLate }),
                (plan.reportRepeatedPerMille, { _ in .reportRepeated }),
            ]
        ) { [.reportLost, .reportLate, .reportRepeated].contains($0) }
    }

    mutating func step(at now: EventTime) -> Fault? {
        let (hold, longest) = (plan.holdTasksPerMille, plan.longestStallMs)
        return strike(
            at: now,
            [
                (plan.engineCrashesPerMille, { .engineCrashes(holdTasks: $0.chance(perMille: hold)) }),
                (plan.engineStopsPerMille, { .engineStops(holdTasks: $0.chance(perMille: hold)) }),
                (plan.engineStallsPerMille, { .engineStalls(ms: $0.within(1...longest)) }),
            ]
        ) { _ in false }
    }

    /// Injections that strike at their time whatever happens then; the others wait for their occasion.
    var timed: [FaultPlan.Injection] { pending.filter { Self.isTimed($0.fault) } }

    /// Notes a fault that struck by order.
    mutating func note(_ fault: Fault) { struck.append(fault) }

    private static func isTimed(_ fault: Fault) -> Bool {
        switch fault {
        case .browserFails, .engineCrashes, .engineStops, .engineStalls: true
        default: false
        }
    }

    private static func drawBrowserFailure(
        _ random: inout SplitMix64, processGoesOnPerMille: UInt32
    ) -> Fault {
        let evidence = random.pick(Evidence.allCases)
        let ended = evidence == .processExited || !random.chance(perMille: processGoesOnPerMille)
        return .browserFails(evidence, processEnded: ended)
    }

    /// The first injection that waits for this occasion, or else at most one fault by chance.
    private mutating func strike(
        at now: EventTime, _ chances: [(perMille: UInt32, make: (inout SplitMix64) -> Fault)],
        isOccasionFor: (Fault) -> Bool
    ) -> Fault? {
        let elapsedMs = now.nanoseconds(since: beganAt) / 1_000_000
        let due = pending.firstIndex {
            $0.atMs <= elapsedMs && !Self.isTimed($0.fault) && isOccasionFor($0.fault)
        }
        if let due {
            let fault = pending.remove(at: due).fault
            struck.append(fault)
            return fault
        }
        guard elapsedMs < plan.endsAtMs else { return nil }
        for (perMille, make) in chances where random.chance(perMille: perMille) {
            let fault = make(&random)
            struck.append(fault)
            return fault
        }
        return nil
    }
}
