import Pool

/// What a pool came to, in figures that can be set beside those of another pool with the same tasks.
///
/// Times are nanoseconds, without the pauses between engines: what happens at the start of an engine happens at the
/// last event before it.
public struct PoolFigures: Projection, Equatable {
    /// How often a strategy was used, and how that ended.
    public struct Recoveries: Equatable, Sendable {
        public internal(set) var began = 0
        public internal(set) var committed = 0
        public internal(set) var rolledBack = 0
    }

    /// Tasks that came to each of the four ends.
    private var ends: [TaskStatus: Int] = [:]
    /// Items that got their results.
    public private(set) var itemsDone: UInt64 = 0
    /// Items of batches that were under way when their run was ended by a failure or an engine's end: as many at most
    /// were run again. The log does not tell how far the batch was.
    public private(set) var itemsRunAgain: UInt64 = 0
    /// From the last report of a run that a failure ended until its task ran again, or ended: summed over all of them.
    public private(set) var lostNs: UInt64 = 0
    private var recoveriesByStrategy: [RecoveryStrategy: Recoveries] = [:]
    /// Browsers that became usable, restarts included.
    public private(set) var launches = 0
    /// Launches that came to nothing.
    public private(set) var failedLaunches = 0
    /// Per task that was ever given a browser: from its submission to then.
    public private(set) var queueWaits = Quantiles()
    /// Per task that succeeded: from its submission to then.
    public private(set) var taskTimes = Quantiles()
    /// Time that has passed.
    public private(set) var elapsedNs: UInt64 = 0

    private struct Work: Equatable {
        /// Nil when that was before the history begins.
        var submittedAt: UInt64?
        var batchItems: UInt64
        var wasGranted = false
        /// Since when it has been off its work by a failure.
        var lostSince: UInt64?
    }

    private struct Run: Equatable {
        var task: TaskID
        var items: Range<UInt64>
        var hasStarted = false
        var lastReportAt: UInt64
    }

    private var tasks: [TaskID: Work] = [:]
    private var runs: [AllocationID: Run] = [:]
    private var strategies: [RecoveryID: RecoveryStrategy] = [:]
    /// When processes that live were started.
    private var living: [BrowserID: UInt64] = [:]
    private var endedBrowserNs: UInt64 = 0
    private var lastAt: EventTime?

    public init() {}

    public init(continuing state: PoolState) {
        for task in state.tasks.entities {
            tasks[task.id] = Work(
                submittedAt: nil, batchItems: UInt64(task.spec.batchItems), wasGranted: true)
        }
        for browser in state.browsers.entities { living[browser.id] = 0 }
        for task in state.tasks.entities {
            guard let allocation = task.allocation else { continue }
            runs[allocation] = Run(
                task: task.id, items: task.itemsDone..<task.spec.itemsTotal,
                hasStarted: task.phase == .running, lastReportAt: 0)
        }
        for recovery in state.recoveries.entities { strategies[recovery.id] = recovery.strategy }
        lastAt = state.lastEventAt
    }

    /// Tasks that came to an end.
    public func ended(_ status: TaskStatus) -> Int { ends[status] ?? 0 }

    /// Tasks that came to none so far.
    public var unfinished: Int { tasks.count }

    public func recoveries(by strategy: RecoveryStrategy) -> Recoveries {
        recoveriesByStrategy[strategy] ?? Recoveries()
    }

    /// Time that browser processes lived, summed over all.
    public var browserNs: UInt64 {
        living.values.reduce(endedBrowserNs) { $0 + elapsedNs - $1 }
    }

    public mutating func apply(_ event: Event) {
        if case .engineStarted = event.payload {
            for browser in living.keys.sorted() { end(browser) }
        } else if let lastAt {
            elapsedNs += event.at.nanoseconds(since: lastAt)
        }
        lastAt = event.at
        takeTask(event)
        takeBrowser(event)
        takeRun(event)
    }

    private mutating func takeTask(_ event: Event) {
        switch event.payload {
        case .taskSubmitted(let submitted):
            tasks[TaskID(event.sequence)] = Work(
                submittedAt: elapsedNs, batchItems: UInt64(submitted.spec.batchItems))
        case .taskGranted(let granted):
            guard let work = tasks[granted.task], !work.wasGranted else { return }
            tasks[granted.task]?.wasGranted = true
            if let submittedAt = work.submittedAt { queueWaits.add(elapsedNs - submittedAt) }
        case .taskSucceeded(let ended):
            if let submittedAt = tasks[ended.task]?.submittedAt { taskTimes.add(elapsedNs - submittedAt) }
            end(ended.task, .succeeded)
        case .taskFailed(let ended): end(ended.task, .failed)
        case .taskCancelled(let ended): end(ended.task, .cancelled)
        case .taskTimedOut(let ended): end(ended.task, .timedOut)
        case .recoveryBegan(let began):
            strategies[RecoveryID(event.sequence)] = began.strategy
            recoveriesByStrategy[began.strategy, default: Recoveries()].began += 1
        case .recoveryCommitted(let committed):
            guard let strategy = strategies.removeValue(forKey: committed.recovery) else { return }
            recoveriesByStrategy[strategy, default: Recoveries()].committed += 1
        case .recoveryRolledBack(let rolledBack):
            guard let strategy = strategies.removeValue(forKey: rolledBack.recovery) else { return }
            recoveriesByStrategy[strategy, default: Recoveries()].rolledBack += 1
        default: break
        }
    }

    private mutating func end(_ task: TaskID, _ status: TaskStatus) {
        ends[status, default: 0] += 1
        regain(task)
        tasks[task] = nil
    }

    /// A task that was off its work is on it again, or for ever off it.
    private mutating func regain(_ task: TaskID) {
        guard let since = tasks[task]?.lostSince else { return }
        tasks[task]?.lostSince = nil
        lostNs += elapsedNs - since
    }

    private mutating func takeBrowser(_ event: Event) {
        switch event.payload {
        case .browserLaunchDecided(let decided):
            living[decided.browser ?? BrowserID(event.sequence)] = elapsedNs
        case .browserLaunched: launches += 1
        case .browserLaunchFailed(let failed):
            failedLaunches += 1
            end(failed.browser)
        case .browserFailed(let failed): if failed.processEnded { end(failed.browser) }
        case .browserCloseDecided(let decided):
            if decided.reason == .launchTimedOut { failedLaunches += 1 }
        case .browserClosed(let closed): end(closed.browser)
        default: break
        }
    }

    private mutating func end(_ browser: BrowserID) {
        guard let since = living.removeValue(forKey: browser) else { return }
        endedBrowserNs += elapsedNs - since
    }

    private mutating func takeRun(_ event: Event) {
        switch event.payload {
        case .runAssigned(let assigned):
            runs[assigned.allocation] = Run(
                task: assigned.task, items: assigned.firstItem..<assigned.firstItem + assigned.itemCount,
                lastReportAt: elapsedNs)
        case .runStarted(let started):
            guard let run = runs[started.allocation] else { return }
            runs[started.allocation]?.hasStarted = true
            runs[started.allocation]?.lastReportAt = elapsedNs
            regain(run.task)
        case .runProgressed(let progressed):
            guard let run = runs[progressed.allocation] else { return }
            itemsDone += progressed.itemCount
            let next = min(progressed.firstItem + progressed.itemCount, run.items.upperBound)
            runs[progressed.allocation]?.items = next..<run.items.upperBound
            runs[progressed.allocation]?.lastReportAt = elapsedNs
        case .allocationReleased(let released):
            guard let run = runs.removeValue(forKey: released.allocation), let work = tasks[run.task] else {
                return
            }
            if released.reason.losesWork, run.hasStarted {
                itemsRunAgain += min(work.batchItems, UInt64(run.items.count))
            }
            if released.reason.isFailure, work.lostSince == nil {
                tasks[run.task]?.lostSince = run.lastReportAt
            }
        default: break
        }
    }
}

extension ReleaseReason {
    /// Whether something went wrong with the run, its browser or its engine.
    fileprivate var isFailure: Bool {
        switch self {
        case .runFailed, .browserFailed, .leaseExpired, .recoveryTimedOut, .engineRestarted, .groupFailed:
            true
        case .completed, .cancelled, .timedOut, .engineStopping, .raceLost, .preempted,
            .failurePredicted:
            false
        }
    }

    /// Whether what was under way is to be run again.
    fileprivate var losesWork: Bool { isFailure || self == .engineStopping || isMove }

    /// Whether the run went on elsewhere although nothing had gone wrong with it.
    fileprivate var isMove: Bool { self == .preempted || self == .failurePredicted }
}
