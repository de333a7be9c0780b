/// What breakers and signs of life change of a browser: suspect → quarantined → on probation → as before.
extension PoolState {
    /// Counts a failure towards the breaker. Histories of earlier decision revisions, which had none, keep the bytes
    /// that they had.
    mutating func strike(_ id: BrowserID) {
        if revision >= 4 { browsers[id].strikes += 1 }
    }

    mutating func evolve(_ opened: BreakerOpened, at event: EventStamp) {
        clearQuarantine(opened.browser)
        browsers[opened.browser].breaker = .open
        browsers[opened.browser].openings = opened.openings
        browsers[opened.browser].quarantinedUntil = opened.until
        timers.set(.breaker, opened.browser.sequence, at: opened.until)
    }

    mutating func evolve(_ halfOpened: BreakerHalfOpened, at event: EventStamp) {
        clearQuarantine(halfOpened.browser)
        browsers[halfOpened.browser].breaker = .halfOpen
        settleLanes(halfOpened.browser, at: event.at)
    }

    mutating func evolve(_ closed: BreakerClosed, at event: EventStamp) {
        clearQuarantine(closed.browser)
        browsers[closed.browser].breaker = nil
        browsers[closed.browser].openings = 0
        settleLanes(closed.browser, at: event.at)
    }

    mutating func clearQuarantine(_ id: BrowserID) {
        let until = browsers[id].quarantinedUntil
        guard until != .zero else { return }
        timers.clear(.breaker, id.sequence, at: until)
        browsers[id].quarantinedUntil = .zero
    }

    mutating func evolve(_ heartbeat: BrowserHeartbeat, at event: EventStamp) {
        takeSigns(heartbeat, at: event.at)
        browsers[heartbeat.browser].hear(at: event.at)
        awaitHeartbeat(heartbeat.browser, after: event.at)
    }

    mutating func evolve(_ suspected: BrowserSuspected, at event: EventStamp) {
        browsers[suspected.browser].suspected = true
        browsers[suspected.browser].signs?.fallSilent(phiMilli: UInt64(suspected.phiMilli))
        awaitHeartbeat(suspected.browser, after: event.at)
    }

    mutating func evolve(_ cleared: SuspicionCleared, at event: EventStamp) {
        browsers[cleared.browser].suspected = false
        awaitHeartbeat(cleared.browser, after: event.at)
    }

    /// Sets the timer of a browser's next sign of life, which is never due at once.
    private mutating func awaitHeartbeat(_ id: BrowserID, after now: EventTime) {
        clearHeartbeat(id)
        let place = browsers.place(of: id)
        let next = browsers[at: place].nextSuspicion(
            policy.heartbeat ?? HeartbeatPolicy(), &suspicionLimits)
        let due = max(next, now.adding(milliseconds: 1))
        browsers[at: place].heartbeatDue = due
        timers.set(.heartbeat, id.sequence, at: due)
    }

    mutating func clearHeartbeat(_ id: BrowserID) {
        let due = browsers[id].heartbeatDue
        guard due != .zero else { return }
        timers.clear(.heartbeat, id.sequence, at: due)
        browsers[id].heartbeatDue = .zero
    }

    /// A process that is lost, or whose page is, begins anew with its signs of life.
    mutating func forgetHeartbeats(_ id: BrowserID) {
        clearHeartbeat(id)
        browsers[id].heardAt = .zero
        browsers[id].heartbeatMeanUs = 0
        browsers[id].heartbeatVariance = 0
        browsers[id].suspected = false
        browsers[id].signs = nil
    }
}
