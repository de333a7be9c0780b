/// A browser that falls silent is suspected, which keeps new work from it, and then given up.
extension Decider {
    mutating func browserHeartbeat(_ heartbeat: BrowserHeartbeat) -> StepOutcome? {
        guard let browser = state.browsers.find(heartbeat.browser), browser.isUsable,
            browser.incarnation == heartbeat.incarnation
        else { return .refused(.stale, subject: heartbeat.incarnation.sequence) }
        let cause = emit(heartbeat, cause: 0)
        if browser.suspected {
            let silence = now.nanoseconds(since: browser.heardAt)
            emit(SuspicionCleared(browser: browser.id, silentNs: silence), cause: cause)
        }
        let leaves = recycleIfDue(browser.id, cause: cause) || foresee(browser.id, cause: cause)
        if leaves || browser.suspected { settle(cause: cause) }
        return nil
    }

    /// Nothing was heard of a browser for as long as was waited.
    mutating func heartbeatMissed(_ id: BrowserID, cause: UInt64) {
        let browser = state.browsers[id]
        if browser.suspected {
            close(id, .silent, relaunch: true, cause: cause)
            recoverAll(
                browser.allocations, .browserFailed, evidence: .heartbeatMissed,
                healing: Healing(browser: id, rung: .restartBrowser), cause: cause)
            return quarantineIfDue(id, cause: cause)
        }
        let (mean, deviation) = browser.heartbeat(state.policy.heartbeat ?? HeartbeatPolicy())
        let silence = now.nanoseconds(since: browser.heardAt)
        emit(
            BrowserSuspected(
                browser: id, phiMilli: UInt32(Suspicion.phiMilli(silenceNs: silence, mean, deviation)),
                silentNs: silence, meanUs: mean, deviationUs: deviation),
            cause: cause)
        _ = foresee(id, cause: cause)
    }
}
