/// A browser that has served for long enough, or has grown too large, is started anew before it fails: one at a time, and
/// after the work that it has.
extension Decider {
    /// Takes a browser out of service when its age, its runs or its memory call for it, and says whether it did.
    @discardableResult
    mutating func recycleIfDue(_ id: BrowserID, cause: UInt64) -> Bool {
        guard state.policy.recyclesBrowsers, let browser = state.browsers.find(id), browser.isUsable,
            let reason = browser.recycleReason(state.policy, at: now)
        else { return false }
        return recycle(id, reason, cause: cause)
    }

    /// Takes a browser out of service unless another one is, and says whether it did.
    mutating func recycle(_ id: BrowserID, _ reason: RecycleReason, cause: UInt64) -> Bool {
        guard !state.browsers.contains(where: { $0.pointee.recycling != nil }) else { return false }
        let browser = state.browsers[id]
        emit(
            BrowserRecycleDecided(
                browser: id, reason: reason, ageMs: browser.ageMs(at: now),
                runsCompleted: browser.runsCompleted, memoryBytes: browser.memoryBytes),
            cause: cause)
        return true
    }

    /// Closes the browsers that are to be started anew once nothing runs on it.
    mutating func closeRecycled(cause: UInt64) {
        let drained = state.browsers.filter {
            $0.pointee.recycling != nil && $0.pointee.phase.isUsable && $0.pointee.allocations.isEmpty
                && $0.pointee.stops.isEmpty
        }
        for browser in drained {
            // A copy waits for another browser, which takes its place.
            close(browser.id, .recycled, relaunch: browser.recycling != .copies, cause: cause)
        }
    }
}

extension PoolPolicy {
    /// Whether browsers are started anew that have not failed.
    fileprivate var recyclesBrowsers: Bool {
        browserMemoryLimitBytes > 0 || recycleAfterTasks > 0 || recycleAfterMs > 0
    }
}

extension BrowserState {
    /// How long its process has been usable, in milliseconds.
    func ageMs(at now: EventTime) -> UInt64 { now.nanoseconds(since: launchedAt) / 1_000_000 }

    /// Why a policy has it started anew now, if it does.
    fileprivate func recycleReason(_ policy: PoolPolicy, at now: EventTime) -> RecycleReason? {
        if policy.browserMemoryLimitBytes > 0, memoryBytes > policy.browserMemoryLimitBytes { return .memory }
        if policy.recycleAfterTasks > 0, runsCompleted >= policy.recycleAfterTasks { return .tasks }
        if policy.recycleAfterMs > 0, ageMs(at: now) >= policy.recycleAfterMs { return .age }
        return nil
    }
}

extension PoolState {
    mutating func evolve(_ decided: BrowserRecycleDecided) {
        browsers[decided.browser].recycling = decided.reason
    }

    mutating func evolve(_ sampled: MetricsSampled) {
        if revision >= 5 { browsers[sampled.browser].memoryBytes = sampled.browserBytes }
        measureMemory(sampled.browserBytes)
    }
}
