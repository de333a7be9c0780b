extension Event {
    /// What the event is about, also where it names only an obligation, a timer's subject or a cause: those are looked
    /// up in the state before the event.
    ///
    /// An entity that the state does not hold is not looked up, so that an event about one that has ended is about what
    /// it names itself.
    public func subjects(in state: PoolState) -> EventSubjects {
        let named = payload.subjects(at: sequence, in: state)
        return cause == 0 ? named : named.completed(by: state.subjects(of: cause))
    }
}

extension PoolState {
    /// What the event with this sequence number is about, if it created a task, an allocation, a recovery or an
    /// obligation that is still there; otherwise nothing.
    public func subjects(of sequence: UInt64) -> EventSubjects {
        if tasks.contains(TaskID(sequence)) { return EventSubjects(task: TaskID(sequence)) }
        if allocations.contains(AllocationID(sequence)) { return subjects(of: AllocationID(sequence)) }
        if recoveries.contains(RecoveryID(sequence)) { return subjects(of: RecoveryID(sequence)) }
        return subjects(of: ObligationID(sequence))
    }

    fileprivate func subjects(of id: ObligationID) -> EventSubjects {
        guard let obligation = obligations.find(id) else { return EventSubjects() }
        return EventSubjects(
            task: obligation.task, browser: obligation.kind == .compare ? nil : obligation.browser,
            allocation: obligation.allocation)
    }

    fileprivate func subjects(of id: AllocationID) -> EventSubjects {
        let allocation = allocations.find(id)
        return EventSubjects(task: allocation?.task, browser: allocation?.browser, allocation: id)
    }

    fileprivate func subjects(of id: RecoveryID) -> EventSubjects {
        EventSubjects(task: recoveries.find(id)?.task, recovery: id)
    }

    fileprivate func subjects(of fired: TimerFired) -> EventSubjects {
        switch fired.kind {
        case .taskDeadline, .retry: EventSubjects(task: TaskID(fired.subject))
        case .idle, .breaker, .heartbeat: EventSubjects(browser: BrowserID(fired.subject))
        case .lease: subjects(of: AllocationID(fired.subject))
        case .recoveryTimeout: subjects(of: RecoveryID(fired.subject))
        case .launch, .close, .stop, .prepare, .heal, .compare: subjects(of: ObligationID(fired.subject))
        case .launchRetry, .scale, .modelBreaker: EventSubjects()
        }
    }
}

extension EventPayload {
    /// What a payload is about without its cause, at its position and after a state.
    fileprivate func subjects(at sequence: UInt64, in state: PoolState) -> EventSubjects {
        switch self {
        case .taskSubmitted: EventSubjects(task: TaskID(sequence))
        case .taskCancelRequested(let event): EventSubjects(task: event.task)
        case .taskResumeRequested(let event): EventSubjects(task: event.task)
        case .backendRefused(let event): EventSubjects(task: event.task, browser: event.browser)
        case .taskQueued(let event): EventSubjects(task: event.task)
        case .taskSuspended(let event): EventSubjects(task: event.task)
        case .retryScheduled(let event): EventSubjects(task: event.task)
        case .taskSucceeded(let event): EventSubjects(task: event.task)
        case .taskFailed(let event): EventSubjects(task: event.task)
        case .taskCancelled(let event): EventSubjects(task: event.task)
        case .taskTimedOut(let event): EventSubjects(task: event.task)
        case .browserLaunchDecided(let event): EventSubjects(browser: event.browser ?? BrowserID(sequence))
        case .browserLaunched(let event):
            EventSubjects(browser: event.browser).completed(by: state.subjects(of: event.obligation))
        case .browserLaunchFailed(let event):
            EventSubjects(browser: event.browser).completed(by: state.subjects(of: event.obligation))
        case .browserFailed(let event): EventSubjects(browser: event.browser)
        case .browserCloseDecided(let event): EventSubjects(browser: event.browser)
        case .browserClosed(let event): EventSubjects(browser: event.browser)
        case .browserRetired(let event): EventSubjects(browser: event.browser)
        case .metricsSampled(let event): EventSubjects(browser: event.browser)
        case .taskGranted(let event):
            EventSubjects(task: event.task, browser: event.browser, allocation: AllocationID(sequence))
        case .runAssigned(let event):
            EventSubjects(task: event.task, browser: event.browser, allocation: event.allocation)
        case .allocationReleased(let event):
            EventSubjects(task: event.task, browser: event.browser, allocation: event.allocation)
        case .runStarted(let event): state.subjects(of: event.allocation)
        case .runProgressed(let event): state.subjects(of: event.allocation)
        case .runCompleted(let event): state.subjects(of: event.allocation)
        case .runFailed(let event): state.subjects(of: event.allocation)
        case .runStopDecided(let event):
            EventSubjects(browser: event.browser).completed(by: state.subjects(of: event.run))
        case .runStopped(let event):
            EventSubjects(browser: event.browser).completed(by: state.subjects(of: event.obligation))
        case .prepareDecided(let event): EventSubjects(task: event.task, browser: event.browser)
        case .modelPrepared(let event):
            EventSubjects(browser: event.browser).completed(by: state.subjects(of: event.obligation))
        case .prepareFailed(let event):
            EventSubjects(browser: event.browser).completed(by: state.subjects(of: event.obligation))
        case .browserHeartbeat(let event): EventSubjects(browser: event.browser)
        case .faultInjected(let event): EventSubjects(browser: event.browser)
        case .breakerOpened(let event): EventSubjects(browser: event.browser)
        case .breakerHalfOpened(let event): EventSubjects(browser: event.browser)
        case .breakerClosed(let event): EventSubjects(browser: event.browser)
        case .browserSuspected(let event): EventSubjects(browser: event.browser)
        case .suspicionCleared(let event): EventSubjects(browser: event.browser)
        case .browserRecycleDecided(let event): EventSubjects(browser: event.browser)
        case .healDecided(let event): EventSubjects(browser: event.browser)
        case .failurePredicted(let event): EventSubjects(browser: event.browser)
        case .predictionWithdrawn(let event): EventSubjects(browser: event.browser)
        case .rungEnded(let event):
            EventSubjects(browser: event.browser).completed(by: state.subjects(of: event.obligation))
        case .recoveryBegan(let event):
            EventSubjects(task: event.task, browser: event.browser, recovery: RecoveryID(sequence))
        case .rungStarted(let event):
            state.subjects(of: event.recovery).completed(by: EventSubjects(browser: event.browser))
        case .recoveryCommitted(let event): EventSubjects(task: event.task, recovery: event.recovery)
        case .recoveryRolledBack(let event): EventSubjects(task: event.task, recovery: event.recovery)
        case .taskCopied: EventSubjects(task: TaskID(sequence))
        case .comparisonDecided(let event): EventSubjects(task: event.leader)
        case .outputsCompared(let event): EventSubjects(task: event.leader)
        case .comparisonFailed(let event): EventSubjects(task: event.leader)
        case .groupAgreed(let event): EventSubjects(task: event.leader)
        case .groupDisagreed(let event): EventSubjects(task: event.leader)
        case .groupAbandoned(let event): EventSubjects(task: event.leader)
        case .resultServed(let event): EventSubjects(task: event.leader)
        case .timerFired(let event): state.subjects(of: event)
        case .engineStarted, .poolConfigured, .engineStopRequested, .stateDigestRecorded, .reportsRefused,
            .retentionPointSet, .launchRetryScheduled, .poolScaled, .modelBreakerOpened,
            .modelBreakerHalfOpened, .modelBreakerClosed:
            EventSubjects()
        }
    }
}
