import Pool

/// What the checker knows of the number of browsers that a pool keeps.
struct CheckedScaling: Sendable {
    /// As the last decision has it; nil where none was taken under the policy in force.
    var target: Int?
    var scaledAt = EventTime.zero
    var panickedAt = EventTime.zero
}

/// The pool keeps within its bounds, follows its target, and takes no browser from work (CORE-5, CORE-8).
extension InvariantChecker {
    mutating func takeScaling(_ event: Event) {
        switch event.payload {
        case .engineStarted: scaling = CheckedScaling()
        case .poolScaled(let scaled): take(scaled, at: event.at)
        default: break
        }
    }

    /// How the pool scales; nil when it does not.
    private var scalingPolicy: ScalingPolicy? {
        let canScale =
            leastTarget < Int(policy.maxConnections) || (policy.scaling?.memoryLimitBytes ?? 0) > 0
        return policy.adaptiveScaling && canScale ? policy.scaling : nil
    }

    private var leastTarget: Int { max(Int(policy.warmBrowsers), 1) }

    private mutating func take(_ scaled: PoolScaled, at now: EventTime) {
        guard let policy = scalingPolicy else {
            return report(.core5, "a pool is scaled that does not scale")
        }
        let (before, after) = (Int(scaled.targetBefore), Int(scaled.targetAfter))
        let (least, most) = (leastTarget, Int(self.policy.maxConnections))
        let kept = scaling.target ?? least
        require(
            before == kept, .core5, "the pool is said to keep \(before) browsers, but keeps \(kept)")
        require(
            (least...max(least, most)).contains(after) && after != before, .core5,
            "the pool is to keep \(after) browsers rather than \(before), of \(least) to \(most)")
        if after < before { checkReduction(scaled, policy, at: now) }
        require(
            after < before || scaled.reason != .memory, .core5, "the pool is enlarged for want of memory")
        let active = tasks.values.count { $0.isActive }
        require(
            Int(scaled.demand) == active, .core5,
            "the pool is scaled for \(scaled.demand) tasks, but \(active) run or could run")
        if scaled.reason == .panic { scaling.panickedAt = now }
        scaling.scaledAt = now
        scaling.target = after
    }

    private mutating func checkReduction(_ scaled: PoolScaled, _ policy: ScalingPolicy, at now: EventTime) {
        switch scaled.reason {
        case .memory:
            require(
                policy.memoryLimitBytes > 0 && scaled.memoryBytes > policy.memoryLimitBytes, .core5,
                "the pool is reduced for want of memory that it has")
        case .stable:
            require(
                scaled.targetBefore == scaled.targetAfter + 1, .core5,
                "the pool loses several browsers at once")
            require(
                now >= scaling.scaledAt.adding(milliseconds: policy.cooldownMs), .core5,
                "the pool is reduced before its cooldown is over")
            require(
                scaling.panickedAt == .zero
                    || now >= scaling.panickedAt.adding(milliseconds: policy.stableWindowMs), .core5,
                "the pool is reduced within a stable window after a burst")
        case .queue, .panic, .forecast:
            report(.core5, "the pool is reduced for the reason \(scaled.reason.name), which enlarges it")
        }
    }

    /// A new browser is launched only below the target, and where the others leave memory for it.
    mutating func checkSize(after id: BrowserID) {
        guard let policy = scalingPolicy else { return }
        let kept = browsers.values.count { $0.breaker != .open && $0.standing.isKept }
        let target = max(scaling.target ?? leastTarget, leastTarget)
        require(kept <= target, .core5, "browser \(id) is launched, one of \(kept), but \(target) are wanted")
        let others = browsers.filter { $0.key != id && $0.value.mayBeAlive }.values
        let used = others.reduce(0) { $0 + $1.memoryBytes }
        require(
            policy.memoryLimitBytes == 0 || used < policy.memoryLimitBytes, .core5,
            "browser \(id) is launched, but the others use \(used) bytes of \(policy.memoryLimitBytes)")
    }

    /// A browser is retired as idle only without work, and while no task waits.
    mutating func checkIdle(_ id: BrowserID) {
        require(
            browsers[id].map { $0.allocations.isEmpty && $0.stops.isEmpty } ?? false, .core8,
            "browser \(id) is retired as idle with work on it")
        require(
            !tasks.values.contains { $0.standing == .queued }, .core8,
            "browser \(id) is retired as idle while a task waits")
    }
}

extension CheckedTask {
    /// Whether it runs, or a browser could run it.
    fileprivate var isActive: Bool {
        switch standing {
        case .submitted, .queued, .granted, .held: true
        case .backingOff, .suspended, .voting: false
        }
    }
}

extension CheckedBrowser.Standing {
    fileprivate var isKept: Bool {
        switch self {
        case .launching, .usable, .healing: true
        case .closing, .down: false
        }
    }
}
