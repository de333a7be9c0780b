/// What the number of browsers is decided on, and what comes of it.
///
/// Demand is the number of tasks that run or could run; a browser serves as many of them as it has lanes. The target is
/// how many browsers are kept while there is work, from the least (`warm_browsers`, or one) to `max_connections`.
///
/// It is raised for the first of these that asks for more than it:
/// - panic: the mean demand of the panic window is at least twice what the target serves (`panic_percent`). The target is
///   that mean, and is not lowered for a stable window (Knative's autoscaler: windows of 60 and 6 s, 200 %);
/// - queue: tasks wait that no browser can take, or whose work would take longer than a launch. A short queue is done
///   before a browser launched for it is usable, and where nothing was measured every task is worth a launch;
/// - stable: the mean demand of the stable window is more than the target serves by more than the tolerance, as the
///   Kubernetes horizontal autoscaler has it: ⌈demand / lanes⌉, 10 %;
/// - forecast: arrivals rise, by more than chance makes likely, and are expected to bring more by the time that a
///   launch takes.
///
/// It is lowered by one browser when the highest demand of a bucket of the stable window, and the present one, is what
/// one browser fewer serves, and less than the target serves by more than the tolerance (as the same autoscaler takes the
/// highest of its recommendations before it goes down); only after the cooldown, with a whole stable window measured, not
/// for a stable window after a panic, and not while a task waits that no browser can take. Above the memory limit it is
/// lowered to what is there less one.
struct ScalingInputs {
    let policy: ScalingPolicy
    let load: Load
    let memory: PoolMemory
    /// Tasks that share a browser.
    let lanes: Int
    let least: Int
    let most: Int
    let target: Int
    let scaledAt: EventTime
    let panickedAt: EventTime
    let now: EventTime
    /// Browsers that are usable or coming, and not quarantined.
    let browsers: Int
    /// Those of them that are coming.
    let coming: Int
    /// Whether a browser is being closed or is to be started anew.
    let isShedding: Bool
    /// Whether a usable browser has nothing to do.
    let hasIdle: Bool
    let demand: Int
    /// Tasks in the queue, and those that wait for the healing of their browser.
    let waiting: Int
    private let held: Int
    /// Tasks in the queue that no usable browser can take.
    private let unserved: Int
    /// See ``PoolState/lanesWorthLaunching``; asked for only where it decides.
    let workLanes: UInt64?
    let launchUs: UInt64

    init?(of state: PoolState, at now: EventTime) {
        guard let policy = state.scalingPolicy, let scaling = state.scaling, let target = state.target else {
            return nil
        }
        self.policy = policy
        self.now = now
        self.target = target
        load = scaling.load(at: now, policy)
        memory = state.memory
        lanes = max(Int(state.policy.lanesPerBrowser), 1)
        least = state.leastTarget
        most = Int(state.policy.maxConnections)
        scaledAt = scaling.scaledAt
        panickedAt = scaling.panickedAt
        demand = Int(scaling.demand)
        launchUs = state.costs?.launchUs ?? 0
        held = state.recoveries.count { state.tasks[$0.pointee.task].phase == .recovering }
        waiting = state.queue.count + held
        let kept = state.keptBrowsers
        (browsers, coming) = (kept.all, kept.coming)
        let isShort = waiting > coming * lanes
        unserved = isShort ? state.unserved : 0
        workLanes = isShort && target < most ? state.lanesWorthLaunching : nil
        isShedding = state.browsers.contains { $0.pointee.phase == .closing || $0.pointee.recycling != nil }
        hasIdle = state.browsers.contains { $0.pointee.isIdle }
    }

    /// The new target, and why; nil when it stays.
    var decision: (reason: ScaleReason, target: Int)? {
        if memory.isExceeded { return shed.map { (.memory, $0) } }
        return raised ?? (isLowered ? (.stable, target - 1) : nil)
    }

    // MARK: Up

    private var raised: (reason: ScaleReason, target: Int)? {
        let (room, tooMuch) = browsers.addingReportingOverflow(memory.room)
        let most = tooMuch ? self.most : min(room, self.most)
        guard most > target else { return nil }
        let asking: [(ScaleReason, Int)] = [
            (.panic, panicTarget), (.queue, queueTarget), (.stable, stableTarget),
            (.forecast, browsers(forMilli: forecastMilli)),
        ]
        for (reason, wanted) in asking where min(wanted, most) > target { return (reason, min(wanted, most)) }
        return nil
    }

    /// What a burst asks for; no more than the tasks that are there now.
    private var panicTarget: Int {
        guard load.panic.isFull,
            isMore(load.panic.demandMilli, percent: policy.panicPercent, orAsMuch: true)
        else { return 0 }
        return min(browsers(forMilli: load.panic.demandMilli), browsers(for: demand))
    }

    private var queueTarget: Int {
        let short = waiting - coming * lanes
        guard short > 0 else { return 0 }
        let forAll = browsers + browsers(for: short)
        let worth = workLanes.map { browsers(for: Int(clamping: $0)) } ?? forAll
        let unservedShort = unserved + held - coming * lanes
        let must = unserved > 0 && unservedShort > 0 ? browsers + browsers(for: unservedShort) : 0
        return max(must, min(forAll, worth))
    }

    private var stableTarget: Int {
        guard load.panic.isFull,
            isMore(load.stable.demandMilli, percent: 100 + min(policy.tolerancePercent, 900), orAsMuch: false)
        else { return 0 }
        return min(browsers(forMilli: load.stable.demandMilli), browsers(for: demand))
    }

    /// Fewest arrivals of the stable window that tell anything.
    private static let fewestArrivals: UInt64 = 8

    /// The demand that is expected once a browser launched now is usable, in thousandths; 0 when no rise of arrivals is
    /// seen.
    ///
    /// By Little's law demand is the rate of arrivals times the time that a task stays, so a forecast of the rate is one
    /// of demand: the line through the mean rates of both windows, each at its middle, goes on for the time of a launch,
    /// to at most twice the rate. A rise counts when the panic window has more arrivals than are expected by two standard
    /// deviations of a Poisson process, and by more than the tolerance.
    var forecastMilli: UInt64 {
        let (stable, panic) = (load.stable, load.panic)
        guard launchUs > 0, panic.isFull, panic.lengthNs > 0, stable.lengthNs >= 2 * panic.lengthNs,
            stable.arrivals >= Self.fewestArrivals
        else { return 0 }
        let (long, short) = (Int128(stable.lengthNs), Int128(panic.lengthNs))
        let expectedMilli = Int128(stable.arrivals) * 1_000 * short / long
        let riseMilli = Int128(panic.arrivals) * 1_000 - expectedMilli
        guard riseMilli > 0, riseMilli * riseMilli > 4_000 * expectedMilli else { return 0 }
        // The rates, in thousandths of the stable one.
        let rate = Int128(panic.arrivals) * 1_000 * long / (Int128(stable.arrivals) * short)
        let ahead = 2 * Int128(launchUs) * 1_000 + short
        let growth = min(rate + (rate - 1_000) * ahead / (long - short), 2_000)
        return UInt64(clamping: Int128(stable.demandMilli) * growth / 1_000)
    }

    // MARK: Down

    /// What remains when one browser goes for the memory of the others; nil when none can go now, or it goes anyway.
    private var shed: Int? {
        let after = max(browsers - 1, least)
        return hasIdle && !isShedding && browsers > least && after < target ? after : nil
    }

    private var isLowered: Bool {
        guard target > least, unserved == 0, load.stable.isFull,
            now >= scaledAt.adding(milliseconds: policy.cooldownMs),
            panickedAt == .zero || now >= panickedAt.adding(milliseconds: policy.stableWindowMs),
            demand <= (target - 1) * lanes
        else { return false }
        let peak = max(load.peakMilli, forecastMilli)
        return browsers(forMilli: peak) < target
            && !isMore(peak, percent: 100 - min(policy.tolerancePercent, 100), orAsMuch: false)
    }

    // MARK: Numbers

    /// Whether a demand is so many percent of what the target serves.
    private func isMore(_ milli: UInt64, percent: UInt32, orAsMuch: Bool) -> Bool {
        let (demand, bound) = (UInt128(milli) * 100, UInt128(target * lanes) * 1_000 * UInt128(percent))
        return orAsMuch ? demand >= bound : demand > bound
    }

    private func browsers(for tasks: Int) -> Int { tasks > 0 ? (tasks - 1) / lanes + 1 : 0 }

    private func browsers(forMilli milli: UInt64) -> Int {
        browsers(for: Int(clamping: (UInt128(milli) + 999) / 1_000))
    }
}

extension PoolState {
    /// Waiting tasks that no browser of the pool can take, however long they wait.
    fileprivate var unserved: Int {
        queue.tasks { needs in !hasServer(of: needs) }.count
            + queuedCopies.count { copy in
                let needs = TaskNeeds(of: copy)
                return hasServer(of: needs)
                    && !hasServer(of: needs, besides: browsers(ofOtherCopiesThan: copy))
            }
    }

    /// The copies that wait while others of their task run or have run.
    private var queuedCopies: [TaskState] {
        guard !groups.isEmpty else { return [] }
        let atWork = allocations.entities.compactMap { tasks.find($0.task)?.leader }
        return Set(atWork).union(begunGroups).compactMap { groups.find($0) }.flatMap(\.copies)
            .filter { $0.phase == .running && isQueued($0.task) }.map { tasks[$0.task] }
    }

    /// Whether a usable browser that is not quarantined has what tasks need, and none of the others of a copy.
    private func hasServer(of needs: TaskNeeds, besides others: [BrowserID] = []) -> Bool {
        browsers.contains {
            $0.pointee.phase.isUsable && $0.pointee.breaker != .open
                && $0.pointee.backends.offer(needs.backend)
                && needs.isMet($0.pointee.features, $0.pointee.limits) && !others.contains($0.pointee.id)
        }
    }

    /// Browsers that are usable or coming and not quarantined, and those of them that are coming.
    var keptBrowsers: (all: Int, coming: Int) {
        let coming = browsers.count {
            $0.pointee.phase.isComing(relaunch: $0.pointee.relaunch) && $0.pointee.breaker != .open
        }
        let usable = browsers.count { $0.pointee.phase.isUsable && $0.pointee.breaker != .open }
        return (coming + usable, coming)
    }
}
