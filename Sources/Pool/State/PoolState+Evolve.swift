extension PoolState {
    /// Folds one event into the state, in place.
    ///
    /// The event must be the next one. A history that the core could not have written (a grant for a task that does
    /// not exist, say) is a precondition failure: `decide` refuses such transitions before they are recorded.
    public mutating func evolve(_ event: Event) {
        precondition(event.sequence == position + 1, "event \(event.sequence) does not follow \(position)")
        precondition(event.at >= lastEventAt, "event \(event.sequence) is older than the one before it")
        position = event.sequence
        lastEventAt = event.at
        switch event.payload {
        case .engineStarted(let started): evolve(started, at: event)
        case .poolConfigured(let configured): evolve(configured, at: event)
        case .engineStopRequested: isStopping = true
        case .timerFired(let fired): evolve(fired)
        case .stateDigestRecorded, .reportsRefused, .taskCancelRequested, .taskResumeRequested,
            .metricsSampled:
            break
        case .backendRefused(let refused): leaveQueue(refused.task)
        case .retentionPointSet(let point): retentionPoint = point.position
        case .taskSubmitted(let submitted): evolve(submitted, at: event)
        case .taskQueued(let queued): evolve(queued, at: event)
        case .taskSuspended(let suspended): suspend(suspended.task)
        case .retryScheduled(let retry): evolve(retry)
        case .taskSucceeded(let ended): removeTask(ended.task)
        case .taskFailed(let ended): removeTask(ended.task)
        case .taskCancelled(let ended): removeTask(ended.task)
        case .taskTimedOut(let ended): removeTask(ended.task)
        case .browserLaunchDecided(let decided): evolve(decided, at: event)
        case .browserLaunched(let launched): evolve(launched, at: event)
        case .browserLaunchFailed(let failed): evolve(failed)
        case .launchRetryScheduled(let retry):
            clearLaunchRetry()
            launchRetryAt = retry.dueAt
            timers.set(.launchRetry, 0, at: retry.dueAt)
        case .browserFailed(let failed): evolve(failed)
        case .browserCloseDecided(let decided): evolve(decided, at: event)
        case .browserClosed(let closed): evolve(closed)
        case .browserRetired(let retired): removeBrowser(retired.browser)
        case .taskGranted(let granted): evolve(granted, at: event)
        case .runAssigned(let assigned): evolve(assigned, at: event)
        case .runStarted(let started): evolve(started, at: event)
        case .runProgressed(let progressed): evolve(progressed, at: event)
        case .runCompleted(let completed): endRun(completed.obligation)
        case .runFailed(let failed): endRun(failed.obligation)
        case .prepareDecided(let decided): evolve(decided, at: event)
        case .modelPrepared(let prepared): endPreparation(prepared.obligation, succeeded: true)
        case .prepareFailed(let failed): endPreparation(failed.obligation, succeeded: false)
        case .runStopDecided(let decided): evolve(decided, at: event)
        case .runStopped(let stopped): endStop(stopped.obligation, at: event.at)
        case .allocationReleased(let released): evolve(released, at: event)
        case .recoveryBegan(let began): evolve(began, at: event)
        case .rungStarted(let started): tasks[recoveries[started.recovery].task].attempts = started.attempt
        case .recoveryCommitted(let committed): removeRecovery(committed.recovery)
        case .recoveryRolledBack(let rolledBack): removeRecovery(rolledBack.recovery)
        }
    }

    /// The state after these events.
    public static func fold(_ events: some Sequence<Event>) -> PoolState {
        events.reduce(into: PoolState()) { $0.evolve($1) }
    }

    private mutating func evolve(_ started: EngineStarted, at event: Event) {
        engine = event.sequence
        revision = started.revision
        isStopping = false
        isConfigured = false
        launchFailures = 0
        clearLaunchRetry()
        for obligation in obligations.ids { discharge(obligation) }
        for id in browsers.ids {
            browsers[id].obligation = nil
            browsers[id].stops = []
            browsers[id].preparing = nil
            browsers[id].phase = .failed
        }
    }

    private mutating func evolve(_ configured: PoolConfigured, at event: Event) {
        policy = configured.policy
        isConfigured = true
        for id in browsers.ids { settleLanes(id, at: event.at) }
    }

    private mutating func clearLaunchRetry() {
        if launchRetryAt != .zero { timers.clear(.launchRetry, 0, at: launchRetryAt) }
        launchRetryAt = .zero
    }

    private mutating func evolve(_ fired: TimerFired) {
        timers.clear(fired.kind, fired.subject, at: fired.dueAt)
        switch fired.kind {
        case .launchRetry: launchRetryAt = .zero
        case .prepare: endPreparation(ObligationID(fired.subject), succeeded: false)
        case .lease, .recoveryTimeout, .taskDeadline, .retry, .launch, .close, .stop, .idle: break
        }
    }
}
