/// A browser that fails too often in a row is left alone for a while, each time in a row for twice as long, and then
/// tried with one task at a time.
extension Decider {
    /// Opens a browser's breaker when its failures call for it and the pool can do without it (CORE-8).
    mutating func quarantineIfDue(_ id: BrowserID, cause: UInt64) {
        guard let policy = state.policy.breaker, state.policy.enableFaultTolerance,
            let browser = state.browsers.find(id),
            policy.opens(browser.breaker, strikes: browser.strikes),
            let others = othersThatServe(besides: id)
        else { return }
        emit(
            BreakerOpened(
                browser: id, failures: browser.strikes, openings: browser.openings + 1,
                until: now.adding(milliseconds: policy.openMs(after: browser.openings)),
                others: UInt32(others)),
            cause: cause)
        forsake(id, cause: cause)
    }

    /// How many other browsers work can be given to, if they serve every task in hand and no more than half of the
    /// pool is quarantined; nil if the pool cannot do without this one.
    private func othersThatServe(besides id: BrowserID) -> Int? {
        let browsers = state.browsers.entities
        let others = browsers.filter { $0.id != id && $0.takesWork }
        let quarantined = browsers.count { $0.breaker == .open }
        guard !others.isEmpty, (quarantined + 1) * 2 <= browsers.count else { return nil }
        let isServed = state.tasks.entities.allSatisfy { task in
            task.phase == .suspended || task.phase == .voting
                || others.contains { $0.meets(TaskNeeds(of: task)) }
        }
        return isServed ? others.count : nil
    }

    mutating func quarantineEnded(_ id: BrowserID, cause: UInt64) {
        emit(BreakerHalfOpened(browser: id), cause: cause)
    }

    /// A run completed: a browser on probation has passed it.
    mutating func passProbation(_ id: BrowserID, cause: UInt64) {
        guard state.browsers[id].breaker == .halfOpen else { return }
        emit(BreakerClosed(browser: id), cause: cause)
    }

    /// A browser whose output is wrong is never given anything again, whatever else the pool has: another one takes
    /// its place.
    mutating func replace(_ failed: BrowserFailed, holding allocations: [AllocationID], cause: UInt64) {
        if !failed.processEnded { close(failed.browser, .quarantined, relaunch: false, cause: cause) }
        recoverAll(allocations, .browserFailed, evidence: failed.evidence, healing: nil, cause: cause)
        forsake(failed.browser, cause: cause)
        if failed.processEnded {
            emit(BrowserRetired(browser: failed.browser, reason: .quarantined), cause: cause)
        }
    }
}

extension BrowserState {
    /// Whether tasks may be given to it: it is usable, neither quarantined nor suspected, and not to be started anew.
    var takesWork: Bool { isUsable && breaker != .open && !suspected && recycling == nil }

    /// Tasks that share it: on probation one at a time.
    func lanes(_ policy: PoolPolicy) -> Int { Self.lanes(breaker, of: policy.lanesPerBrowser) }

    @inline(__always)
    static func lanes(_ breaker: BreakerPhase?, of lanesPerBrowser: UInt32) -> Int {
        breaker == .halfOpen ? 1 : Int(lanesPerBrowser)
    }
}
