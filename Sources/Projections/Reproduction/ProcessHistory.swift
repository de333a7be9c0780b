import Pool

/// What every browser process that lives has run and suffered so far: what a failure of it can be reproduced from.
public struct ProcessHistory: Projection {
    private var version = ""
    private var isSimulated = false
    private var policy = PoolPolicy()
    /// Tasks that have not ended.
    private var tasks: [TaskID: Submitted] = [:]
    private var browsers: [AllocationID: BrowserID] = [:]
    private var runs: [ObligationID: BrowserID] = [:]
    /// Stops that were decided, with the runs that they end.
    private var stops: [ObligationID: ObligationID] = [:]
    private var processes: [BrowserID: Process] = [:]

    private struct Submitted {
        var spec: TaskSpec
        var checkpoint: Payload?
        /// The browser that it was last assigned to.
        var browser: BrowserID?
    }

    private struct Process {
        var incarnation: IncarnationID
        var facts: BrowserFacts?
        /// Whether all of its life is known.
        var isKnown = true
        var runs: [(obligation: ObligationID, run: SlicedRun)] = []
        var faults: [SlicedFault] = []
        var healed: UInt32 = 0

        /// It failed and may be healed in place: what comes then has nothing to do with what ran before.
        mutating func beginAnew() {
            healed += 1
            runs = []
            faults = []
        }
    }

    public init() {}

    public init(continuing state: PoolState) {
        policy = state.policy
        isSimulated = state.browsers.entities.contains(where: \.simulated)
        for task in state.tasks.entities {
            tasks[task.id] = Submitted(spec: task.spec, checkpoint: task.checkpoint)
        }
        for allocation in state.allocations.entities { browsers[allocation.id] = allocation.browser }
        for browser in state.browsers.entities {
            processes[browser.id] = Process(
                incarnation: browser.incarnation, isKnown: browser.phase == .launching)
        }
    }

    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .engineStarted(let started):
            version = started.version
            isSimulated = started.simulated
            (browsers, runs, stops, processes) = ([:], [:], [:], [:])
        case .poolConfigured(let configured): policy = configured.policy
        case .taskSubmitted(let submitted):
            tasks[TaskID(event.sequence)] = Submitted(spec: submitted.spec)
        case .taskCopied(let copied):
            tasks[TaskID(event.sequence)] = tasks[copied.leader].map { Submitted(spec: $0.spec) }
        case .taskSucceeded(let ended): tasks[ended.task] = nil
        case .taskFailed(let ended): tasks[ended.task] = nil
        case .taskCancelled(let ended): tasks[ended.task] = nil
        case .taskTimedOut(let ended): tasks[ended.task] = nil
        case .browserLaunchDecided(let decided):
            processes[decided.browser ?? BrowserID(event.sequence)] = Process(
                incarnation: IncarnationID(event.sequence))
        case .browserLaunched(let launched): processes[launched.browser]?.facts = launched.facts
        case .browserClosed(let closed): processes[closed.browser] = nil
        case .taskGranted(let granted): browsers[AllocationID(event.sequence)] = granted.browser
        case .allocationReleased(let released): browsers[released.allocation] = nil
        case .runAssigned(let assigned): assign(assigned, at: event.sequence)
        case .runStarted(let started):
            update(started.obligation) { $0.runtime = started.runtime }
        case .runProgressed(let progressed): progress(progressed)
        case .runCompleted(let ended): end(ended.obligation)
        case .runFailed(let ended): end(ended.obligation)
        case .runStopDecided(let decided): stops[ObligationID(event.sequence)] = decided.run
        case .runStopped(let stopped):
            if let run = stops.removeValue(forKey: stopped.obligation) { end(run) }
        case .faultInjected(let injected): note(injected)
        case .browserFailed(let failed):
            if failed.processEnded {
                processes[failed.browser] = nil
            } else {
                processes[failed.browser]?.beginAnew()
            }
        default: break
        }
    }

    private mutating func assign(_ assigned: RunAssigned, at sequence: UInt64) {
        guard let task = tasks[assigned.task] else { return }
        tasks[assigned.task]?.browser = assigned.browser
        runs[ObligationID(sequence)] = assigned.browser
        processes[assigned.browser]?.runs.append(
            (
                ObligationID(sequence),
                SlicedRun(
                    task: assigned.task, spec: task.spec, backend: assigned.backend,
                    firstItem: assigned.firstItem, itemCount: assigned.itemCount,
                    checkpoint: task.checkpoint, stateful: task.checkpoint != nil, open: true)
            ))
    }

    private mutating func progress(_ progressed: RunProgressed) {
        var task: TaskID?
        update(progressed.obligation) {
            $0.itemsDone = min($0.itemsDone + progressed.itemCount, $0.itemCount)
            if progressed.state != nil { $0.stateful = true }
            task = $0.task
        }
        if let task { tasks[task]?.checkpoint = progressed.state }
    }

    private mutating func end(_ obligation: ObligationID) {
        update(obligation) { $0.open = false }
        runs[obligation] = nil
    }

    private mutating func update(_ obligation: ObligationID, _ change: (inout SlicedRun) -> Void) {
        guard let browser = runs[obligation],
            let index = processes[browser]?.runs.lastIndex(where: { $0.obligation == obligation })
        else { return }
        change(&processes[browser]!.runs[index].run)
    }

    private mutating func note(_ injected: FaultInjected) {
        guard let process = processes[injected.browser], process.incarnation == injected.incarnation else {
            return
        }
        let last = process.runs.last?.run
        processes[injected.browser]?.faults.append(
            SlicedFault(
                fault: injected.fault, runsBefore: UInt32(process.runs.count),
                underWay: last?.open ?? false, started: last?.runtime.isEmpty == false,
                nextItem: last?.nextItem ?? 0))
    }

    // MARK: Failures

    /// Whether an event tells of a failure by itself; of one that the pool alone has decided on, `recovery_began` does.
    public static func tellsFailure(_ payload: EventPayload) -> Bool {
        switch payload {
        case .browserFailed, .browserLaunchFailed, .runFailed: true
        default: false
        }
    }

    /// What led to a failure.
    ///
    /// - Parameter event: The one that follows on the last that was applied.
    /// - Throws: `SliceRefusal`, why there is none.
    public func slice(of event: Event) throws(SliceRefusal) -> FailureSlice {
        guard !isSimulated else { throw .simulated }
        var failure = SlicedFailure(sequence: event.sequence)
        var failing: ObligationID?
        switch event.payload {
        case .browserFailed(let failed):
            failure.browser = failed.browser
            failure.evidence = failed.evidence
            failure.detail = failed.detail
        case .browserLaunchFailed(let failed):
            failure.browser = failed.browser
            failure.evidence = failed.evidence
            failure.detail = failed.detail
        case .runFailed(let failed):
            guard let browser = browsers[failed.allocation] else { throw .processUnknown }
            failure.browser = browser
            failure.runFailure = failed.failure
            failure.detail = failed.detail
            failing = failed.obligation
        case .recoveryBegan(let began) where began.evidence != .engineRestarted:
            guard let browser = began.browser ?? tasks[began.task]?.browser else { throw .processUnknown }
            failure.browser = browser
            failure.evidence = began.evidence
            failure.detail = "the pool gave the browser up"
            failing = processes[browser]?.runs.last { $0.run.task == began.task }?.obligation
        default: throw .noFailure
        }
        guard let process = processes[failure.browser], process.isKnown else { throw .processUnknown }
        failure.incarnation = process.incarnation
        failing = failing ?? process.runs.first(where: \.run.open)?.obligation
        let runs = process.runs.map { obligation, run in
            var run = run
            run.failing = obligation == failing
            return run
        }
        return FailureSlice(
            failure: failure, version: version, policy: policy, facts: process.facts, runs: runs,
            faults: process.faults, healedBefore: process.healed)
    }
}

/// Why there is no slice of an event.
public enum SliceRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// It tells of no failure of a browser or a run.
    case noFailure
    /// No real browser failed.
    case simulated
    /// What ran on the browser is not in this log, as its process was launched before the log's first event.
    case processUnknown

    public var description: String {
        switch self {
        case .noFailure: "it tells of no failure of a browser or a run"
        case .simulated:
            "no real browser failed: the log is a simulation's, which weir simulate --seed repeats"
        case .processUnknown:
            "what ran on the browser is in an archive; make the log whole again with weir log import"
        }
    }
}
