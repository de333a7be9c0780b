import Pool

/// Which task and which browser each event is about, also where the event names only an allocation, an obligation or
/// a recovery.
public struct EntityIndex: Projection {
    /// What an event is about.
    public struct Subjects: Equatable, Sendable {
        public var task: TaskID?
        public var browser: BrowserID?
    }

    /// Subjects by sequence number of the allocation, obligation, recovery or incarnation that names them.
    private var known: [UInt64: Subjects] = [:]
    /// Subjects of the last event applied.
    public private(set) var current = Subjects()

    public init() {}

    public mutating func apply(_ event: Event) {
        current = subjects(of: event)
        switch event.payload {
        case .taskSubmitted, .taskGranted, .runAssigned, .runStopDecided, .prepareDecided, .recoveryBegan,
            .browserLaunchDecided, .browserCloseDecided:
            known[event.sequence] = current
        default: break
        }
    }

    private func subjects(of event: Event) -> Subjects {
        var subjects = named(in: event)
        if event.cause != 0, let causes = known[event.cause] {
            subjects.task = subjects.task ?? causes.task
            subjects.browser = subjects.browser ?? causes.browser
        }
        return subjects
    }

    private func named(in event: Event) -> Subjects {
        switch event.payload {
        case .taskSubmitted: Subjects(task: TaskID(event.sequence))
        case .taskCancelRequested(let event): Subjects(task: event.task)
        case .taskResumeRequested(let event): Subjects(task: event.task)
        case .backendRefused(let event): Subjects(task: event.task, browser: event.browser)
        case .taskQueued(let event): Subjects(task: event.task)
        case .taskSuspended(let event): Subjects(task: event.task)
        case .retryScheduled(let event): Subjects(task: event.task)
        case .taskSucceeded(let event): Subjects(task: event.task)
        case .taskFailed(let event): Subjects(task: event.task)
        case .taskCancelled(let event): Subjects(task: event.task)
        case .taskTimedOut(let event): Subjects(task: event.task)
        case .browserLaunched(let event): Subjects(browser: event.browser)
        case .browserLaunchFailed(let event): Subjects(browser: event.browser)
        case .browserFailed(let event): Subjects(browser: event.browser)
        case .browserClosed(let event): Subjects(browser: event.browser)
        case .browserLaunchDecided(let decided):
            Subjects(browser: decided.browser ?? BrowserID(event.sequence))
        case .browserCloseDecided(let event): Subjects(browser: event.browser)
        case .browserRetired(let event): Subjects(browser: event.browser)
        case .taskGranted(let event): Subjects(task: event.task, browser: event.browser)
        case .runAssigned(let event): Subjects(task: event.task, browser: event.browser)
        case .runStopDecided(let event):
            Subjects(task: known[event.run.sequence]?.task, browser: event.browser)
        case .allocationReleased(let event): Subjects(task: event.task, browser: event.browser)
        case .runStarted(let event): known[event.obligation.sequence] ?? Subjects()
        case .runProgressed(let event): known[event.obligation.sequence] ?? Subjects()
        case .runCompleted(let event): known[event.obligation.sequence] ?? Subjects()
        case .runFailed(let event): known[event.obligation.sequence] ?? Subjects()
        case .prepareDecided(let event): Subjects(task: event.task, browser: event.browser)
        case .modelPrepared(let event): known[event.obligation.sequence] ?? Subjects(browser: event.browser)
        case .prepareFailed(let event): known[event.obligation.sequence] ?? Subjects(browser: event.browser)
        case .metricsSampled(let event): Subjects(browser: event.browser)
        case .runStopped(let event): known[event.obligation.sequence] ?? Subjects(browser: event.browser)
        case .recoveryBegan(let event): Subjects(task: event.task)
        case .rungStarted(let event): known[event.recovery.sequence] ?? Subjects()
        case .recoveryCommitted(let event): Subjects(task: event.task)
        case .recoveryRolledBack(let event): Subjects(task: event.task)
        case .timerFired(let event): known[event.subject] ?? Subjects()
        case .engineStarted, .poolConfigured, .engineStopRequested, .stateDigestRecorded, .reportsRefused,
            .launchRetryScheduled:
            Subjects()
        }
    }
}
