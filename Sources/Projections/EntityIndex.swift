import Pool

/// What each event is about, also where it names only an allocation, an obligation or a recovery: as the history tells
/// it. `Event.subjects(in:)` tells the same from the state before the event.
public struct EntityIndex: Projection {
    /// Subjects by sequence number of the task, allocation, obligation or recovery that names them, as long as it is
    /// there.
    private var known: [UInt64: EventSubjects] = [:]
    /// Subjects of the last event applied.
    public private(set) var current = EventSubjects()

    public init() {}

    public init(continuing state: PoolState) {
        let created =
            state.tasks.ids.map(\.sequence) + state.allocations.ids.map(\.sequence)
            + state.recoveries.ids.map(\.sequence) + state.obligations.ids.map(\.sequence)
        for sequence in created { known[sequence] = state.subjects(of: sequence) }
    }

    public mutating func apply(_ event: Event) {
        current = subjects(of: event)
        switch event.payload {
        case .taskSubmitted, .taskCopied, .comparisonDecided, .taskGranted, .runAssigned, .runStopDecided,
            .prepareDecided,
            .browserLaunchDecided, .browserCloseDecided, .healDecided:
            known[event.sequence] = current
        case .recoveryBegan(let began):
            // Which browser it waits for changes with its rungs.
            known[event.sequence] = EventSubjects(task: began.task, recovery: RecoveryID(event.sequence))
        case .taskSucceeded(let ended): known[ended.task.sequence] = nil
        case .taskFailed(let ended): known[ended.task.sequence] = nil
        case .taskCancelled(let ended): known[ended.task.sequence] = nil
        case .taskTimedOut(let ended): known[ended.task.sequence] = nil
        default: break
        }
    }

    private func subjects(of event: Event) -> EventSubjects {
        let named = named(in: event)
        guard event.cause != 0, let causes = known[event.cause] else { return named }
        return named.completed(by: causes)
    }

    private func named(in event: Event) -> EventSubjects {
        switch event.payload {
        case .taskSubmitted, .taskCopied: EventSubjects(task: TaskID(event.sequence))
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
        case .browserLaunched(let event): EventSubjects(browser: event.browser)
        case .browserLaunchFailed(let event): EventSubjects(browser: event.browser)
        case .browserFailed(let event): EventSubjects(browser: event.browser)
        case .browserClosed(let event): EventSubjects(browser: event.browser)
        case .browserLaunchDecided(let decided):
            EventSubjects(browser: decided.browser ?? BrowserID(event.sequence))
        case .browserCloseDecided(let event): EventSubjects(browser: event.browser)
        case .browserRetired(let event): EventSubjects(browser: event.browser)
        case .taskGranted(let granted):
            EventSubjects(
                task: granted.task, browser: granted.browser, allocation: AllocationID(event.sequence))
        case .runAssigned(let event):
            EventSubjects(task: event.task, browser: event.browser, allocation: event.allocation)
        case .runStopDecided(let event):
            EventSubjects(browser: event.browser).completed(by: known[event.run.sequence] ?? EventSubjects())
        case .allocationReleased(let event):
            EventSubjects(task: event.task, browser: event.browser, allocation: event.allocation)
        case .runStarted(let event): known[event.obligation.sequence] ?? EventSubjects()
        case .runProgressed(let event): known[event.obligation.sequence] ?? EventSubjects()
        case .runCompleted(let event): known[event.obligation.sequence] ?? EventSubjects()
        case .runFailed(let event): known[event.obligation.sequence] ?? EventSubjects()
        case .prepareDecided(let event): EventSubjects(task: event.task, browser: event.browser)
        case .modelPrepared(let event):
            known[event.obligation.sequence] ?? EventSubjects(browser: event.browser)
        case .prepareFailed(let event):
            known[event.obligation.sequence] ?? EventSubjects(browser: event.browser)
        case .metricsSampled(let event): EventSubjects(browser: event.browser)
        case .runStopped(let event): known[event.obligation.sequence] ?? EventSubjects(browser: event.browser)
        case .recoveryBegan(let began):
            EventSubjects(
                task: began.task, browser: began.browser, recovery: RecoveryID(event.sequence))
        case .rungStarted(let event):
            (known[event.recovery.sequence] ?? EventSubjects())
                .completed(by: EventSubjects(browser: event.browser))
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
            known[event.obligation.sequence] ?? EventSubjects(browser: event.browser)
        case .recoveryCommitted(let event): EventSubjects(task: event.task, recovery: event.recovery)
        case .recoveryRolledBack(let event): EventSubjects(task: event.task, recovery: event.recovery)
        case .comparisonDecided(let event): EventSubjects(task: event.leader)
        case .outputsCompared(let event): EventSubjects(task: event.leader)
        case .comparisonFailed(let event): EventSubjects(task: event.leader)
        case .groupAgreed(let event): EventSubjects(task: event.leader)
        case .groupDisagreed(let event): EventSubjects(task: event.leader)
        case .groupAbandoned(let event): EventSubjects(task: event.leader)
        case .resultServed(let event): EventSubjects(task: event.leader)
        case .timerFired(let event):
            switch event.kind {
            case .idle, .breaker, .heartbeat: EventSubjects(browser: BrowserID(event.subject))
            case .taskDeadline, .retry: EventSubjects(task: TaskID(event.subject))
            case .lease, .recoveryTimeout, .launch, .close, .stop, .prepare, .launchRetry, .heal, .compare,
                .scale, .modelBreaker:
                known[event.subject] ?? EventSubjects()
            }
        case .engineStarted, .poolConfigured, .engineStopRequested, .stateDigestRecorded, .reportsRefused,
            .retentionPointSet, .launchRetryScheduled, .poolScaled, .modelBreakerOpened,
            .modelBreakerHalfOpened, .modelBreakerClosed:
            EventSubjects()
        }
    }
}
