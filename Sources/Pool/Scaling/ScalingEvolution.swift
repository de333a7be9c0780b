/// What events change of the load, the target and the costs of browsers. Histories of earlier decision revisions, which
/// had none of these, keep the bytes that they had.
extension PoolState {
    /// How the pool scales; nil when it does not, or has one size and all the memory that it wants.
    var scalingPolicy: ScalingPolicy? {
        guard policy.adaptiveScaling, let scaling = policy.scaling,
            leastTarget < Int(policy.maxConnections) || scaling.memoryLimitBytes > 0
        else { return nil }
        return scaling
    }

    /// The least number of browsers that is kept while there is work.
    var leastTarget: Int { max(Int(policy.warmBrowsers), 1) }

    /// How many browsers are kept while there is work; nil when the pool does not scale.
    var target: Int? {
        (scaling?.target).map { min(max(Int($0), leastTarget), Int(policy.maxConnections)) }
    }

    mutating func evolve(_ scaled: PoolScaled, at event: EventStamp) {
        scaling?.target = scaled.targetAfter
        scaling?.scaledAt = event.at
        if scaled.reason == .panic { scaling?.panickedAt = event.at }
        awaitLoad(at: event.at)
    }

    /// A new policy, under which what was measured still counts unless the windows are others.
    mutating func configureScaling(former: PoolPolicy, at now: EventTime) {
        guard revision >= 6, let policy = scalingPolicy else { return forgetLoad() }
        if scaling != nil, former.scaling?.bucketNs == policy.bucketNs { return awaitLoad(at: now) }
        forgetLoad()
        let demand = tasks.count { !$0.pointee.isResting }
        let target = min(max(browsers.count, leastTarget), Int(self.policy.maxConnections))
        scaling = ScalingState(
            target: UInt32(clamping: target), demand: UInt32(clamping: demand), measuredFrom: now,
            measuredAt: now)
        awaitLoad(at: now)
    }

    /// What was measured under an engine that ended says nothing of the time until the next.
    mutating func forgetLoad() {
        clearLoadTimer()
        scaling = nil
    }

    /// A task was submitted: it can run.
    mutating func demandArrives() {
        guard let policy = scalingPolicy else { return }
        scaling?.arrive(at: lastEventAt, policy)
        demandChanges(by: 1)
    }

    /// Tasks more or fewer can run.
    mutating func demandChanges(by change: Int32) {
        guard let policy = scalingPolicy else { return }
        scaling?.change(change, at: lastEventAt, policy)
        if change > 0 { awaitLoad(at: lastEventAt) }
    }

    /// Sets the timer of the next look at the load, if there is anything to scale and it is not set.
    mutating func awaitLoad(at now: EventTime) {
        guard scaling?.dueAt == .zero, !isStopping, let policy = scalingPolicy, let demand = scaling?.demand,
            let target, leastTarget < self.policy.maxConnections, demand > 0 || target > leastTarget
        else { return }
        let due = now.adding(milliseconds: max(min(policy.panicWindowMs, PoolPolicy.timeLimitMs), 1))
        self.scaling?.dueAt = due
        timers.set(.scale, 0, at: due)
    }

    /// The engine is to end: nothing is scaled any more.
    mutating func stopScaling() {
        isStopping = true
        clearLoadTimer()
    }

    private mutating func clearLoadTimer() {
        guard let due = scaling?.dueAt, due != .zero else { return }
        timers.clear(.scale, 0, at: due)
        scaling?.dueAt = .zero
    }

    /// The load is looked at.
    mutating func loadIsDue(at now: EventTime) {
        scaling?.dueAt = .zero
        awaitLoad(at: now)
    }

    /// Takes in how long the launch took that an obligation stood for.
    mutating func measureLaunch(_ id: ObligationID, at now: EventTime) {
        guard revision >= 6, let decided = obligations.find(id)?.decidedAt, decided != .zero else { return }
        var costs = costs ?? BrowserCosts()
        costs.measureLaunch(ns: now.nanoseconds(since: decided))
        self.costs = costs
    }

    /// Takes in how long it took from the grant of an allocation until its items run.
    mutating func measureStart(at allocation: Int, _ now: EventTime) {
        let granted = allocations[at: allocation].grantedAt
        guard revision >= 6, granted != .zero else { return }
        var costs = costs ?? BrowserCosts()
        costs.measureStart(ns: now.nanoseconds(since: granted))
        self.costs = costs
    }

    /// Takes in the memory that a browser uses.
    mutating func measureMemory(_ bytes: UInt64) {
        guard revision >= 6, bytes > 0 else { return }
        var costs = costs ?? BrowserCosts()
        costs.measureMemory(bytes: bytes)
        self.costs = costs
    }
}

extension TaskState {
    /// Whether no browser could run it: it is suspended, backs off, or leaves that to its copies.
    @inline(__always)
    var isResting: Bool {
        // One comparison after the other would copy the task.
        switch phase {
        case .suspended, .voting: true
        case .queued, .granted, .running, .recovering: retryAt != .zero
        }
    }
}

extension PoolScaled: FoldedMessage {
    /// All but the reason and the target.
    static var unfoldedFields: FieldSet {
        [
            .field(2), .field(4), .field(5), .field(6), .field(7), .field(8), .field(9), .field(10),
            .field(11),
            .field(12), .field(13), .field(14), .field(15), .field(16), .field(17),
            .field(18),
        ]
    }
    func check(in state: PoolState) throws(Obstacle) {
        try require(state.scaling != nil, "the pool does not scale")
        try require(
            targetAfter <= PoolPolicy.connectionLimit,
            "it keeps more than \(PoolPolicy.connectionLimit) browsers")
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}
