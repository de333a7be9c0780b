/// What an engine's start, its policy and the time change of the state as a whole.
extension PoolState {
    mutating func evolve(_ started: EngineStarted, at event: EventStamp) {
        engine = event.sequence
        revision = started.revision
        isStopping = false
        isConfigured = false
        launchFailures = 0
        clearLaunchRetry()
        forgetLoad()
        for obligation in obligations.ids { discharge(obligation) }
        for id in browsers.ids {
            browsers[id].obligation = nil
            browsers[id].stops = []
            browsers[id].preparing = nil
            browsers[id].evidence = nil
            browsers[id].signs = nil
            browsers[id].phase = .failed
        }
    }

    mutating func evolve(_ configured: PoolConfigured, at event: EventStamp) {
        let isReordered = policy.agingMs != configured.policy.agingMs
        let former = policy
        policy = configured.policy
        isConfigured = true
        if isReordered {
            queue = TaskQueue(sorting: queue.map { tasks[$0] }, agingMs: policy.agingMs)
        }
        for id in browsers.ids { settleLanes(id, at: event.at) }
        configureScaling(former: former, at: event.at)
    }

    mutating func evolve(_ retry: LaunchRetryScheduled) {
        clearLaunchRetry()
        launchRetryAt = retry.dueAt
        timers.set(.launchRetry, 0, at: retry.dueAt)
    }

    private mutating func clearLaunchRetry() {
        if launchRetryAt != .zero { timers.clear(.launchRetry, 0, at: launchRetryAt) }
        launchRetryAt = .zero
    }

    mutating func evolve(_ fired: TimerFired, at event: EventStamp) {
        timers.clear(fired.kind, fired.subject, at: fired.dueAt)
        switch fired.kind {
        case .launchRetry: launchRetryAt = .zero
        case .scale: loadIsDue(at: event.at)
        case .modelBreaker: modelBreakerIsDue(fired.subject)
        case .prepare: endPreparation(ObligationID(fired.subject), succeeded: false)
        case .idle: waitOnIfIdle(BrowserID(fired.subject), at: fired.dueAt)
        case .heal:
            let browser = obligations.find(ObligationID(fired.subject))?.browser
            if let place = browser.flatMap({ browsers.placeIfPresent(of: $0) }) {
                recordRung(at: place, healed: false, event.at)
            }
        case .lease, .recoveryTimeout, .taskDeadline, .retry, .launch, .close, .stop: break
        case .compare: failComparison(ObligationID(fired.subject))
        case .breaker: browsers[BrowserID(fired.subject)].quarantinedUntil = .zero
        case .heartbeat: browsers[BrowserID(fired.subject)].heartbeatDue = .zero
        }
    }
}
