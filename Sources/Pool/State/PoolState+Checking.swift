extension PoolState {
    /// Folds one event of a history that is not known to be one that the core wrote: a log that another program may
    /// have altered, or other rules may have decided.
    ///
    /// What passes leaves a state that fits together, so that neither a later fold nor a new engine can meet a
    /// precondition failure.
    ///
    /// - Throws: `ImpossibleEvent` when the event cannot be the next one; the state is then as it was.
    public mutating func evolve(checking event: Event) throws(ImpossibleEvent) {
        try check(event)
        evolve(event)
    }

    /// Checks that an event can be the next one: that all that it names is there, and in a state that lets it happen.
    ///
    /// - Throws: `ImpossibleEvent` when `evolve` could not fold it.
    public func check(_ event: Event) throws(ImpossibleEvent) {
        do throws(Obstacle) {
            try require(event.sequence == position + 1, "the last event is \(position)")
            try require(event.at > .zero, "it has no time")
            try require(event.at >= lastEventAt, "it is older than the one before it")
            try checkPayload(of: event)
        } catch {
            throw ImpossibleEvent(
                sequence: event.sequence, type: event.payload.name.description, reason: error.reason)
        }
    }

    private func checkPayload(of event: Event) throws(Obstacle) {
        switch event.payload {
        case .engineStarted, .engineStopRequested, .stateDigestRecorded, .reportsRefused, .taskSubmitted:
            break
        case .retentionPointSet(let point):
            try require(
                point.position >= max(retentionPoint, 1) && point.position <= position,
                "the events up to \(point.position) cannot leave; those up to \(retentionPoint) have")
        case .poolConfigured(let configured):
            try require(
                configured.policy.maxConnections <= PoolPolicy.connectionLimit,
                "it allows more than \(PoolPolicy.connectionLimit) browsers")
        case .timerFired(let fired):
            let timer = TimerState(dueAt: fired.dueAt, kind: fired.kind, subject: fired.subject)
            try require(timers.contains(timer), "no such timer is set")
            if fired.kind == .prepare {
                _ = try obligations.required(ObligationID(fired.subject), "obligation")
            }
        case .launchRetryScheduled(let retry):
            try require(retry.dueAt > .zero, "it has no time that it is due")
        case .taskCancelRequested(let request): _ = try tasks.required(request.task, "task")
        case .taskResumeRequested(let request): _ = try tasks.required(request.task, "task")
        case .backendRefused(let refused): _ = try tasks.required(refused.task, "task")
        case .taskQueued(let queued): try check(queued)
        case .taskSuspended(let suspended): try checkIdle(suspended.task)
        case .retryScheduled(let retry): try check(retry)
        case .taskSucceeded(let ended): try checkIdle(ended.task)
        case .taskFailed(let ended): try checkIdle(ended.task)
        case .taskCancelled(let ended): try checkIdle(ended.task)
        case .taskTimedOut(let ended): try checkIdle(ended.task)
        case .browserLaunchDecided(let decided): try check(decided)
        case .browserLaunched(let launched):
            try checkAnswer(to: launched.obligation, .launch, on: launched.browser)
        case .browserLaunchFailed(let failed):
            try checkAnswer(to: failed.obligation, .launch, on: failed.browser)
        case .browserFailed(let failed): _ = try browsers.required(failed.browser, "browser")
        case .browserCloseDecided(let decided): _ = try browsers.required(decided.browser, "browser")
        case .browserClosed(let closed): try checkAnswer(to: closed.obligation, .close, on: closed.browser)
        case .browserRetired(let retired): try check(retired)
        case .taskGranted(let granted): try check(granted)
        case .runAssigned(let assigned): try check(assigned)
        case .runStarted(let started): _ = try runTask(started.obligation, started.allocation)
        case .runProgressed(let progressed): try check(progressed)
        case .runCompleted(let completed): _ = try runTask(completed.obligation, completed.allocation)
        case .runFailed(let failed): _ = try runTask(failed.obligation, failed.allocation)
        case .runStopDecided(let decided): try checkAnswer(to: decided.run, .run, on: decided.browser)
        case .runStopped(let stopped): try checkAnswer(to: stopped.obligation, .stop, on: stopped.browser)
        case .allocationReleased(let released): try check(released)
        case .prepareDecided(let decided): try check(decided)
        case .modelPrepared(let prepared):
            try checkAnswer(to: prepared.obligation, .prepare, on: prepared.browser)
        case .prepareFailed(let failed):
            try checkAnswer(to: failed.obligation, .prepare, on: failed.browser)
        case .metricsSampled(let sampled): _ = try browsers.required(sampled.browser, "browser")
        case .recoveryBegan(let began): try check(began)
        case .rungStarted(let started): try check(started)
        case .recoveryCommitted(let committed): try check(committed.recovery, of: committed.task)
        case .recoveryRolledBack(let rolledBack): try check(rolledBack.recovery, of: rolledBack.task)
        }
    }

    /// An obligation is answered once, by what is of its kind and on its browser.
    private func checkAnswer(
        to id: ObligationID, _ kind: ObligationKind, on browser: BrowserID
    ) throws(Obstacle) {
        let obligation = try obligations.required(id, "obligation")
        try require(obligation.kind == kind, "obligation \(id) is a \(obligation.kind.name)")
        try require(obligation.browser == browser, "obligation \(id) is on browser \(obligation.browser)")
    }
}
