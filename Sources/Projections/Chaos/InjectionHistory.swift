import Pool

/// What came of every fault that was injected: what was seen of it, what healed its browser, and when the work went on.
///
/// What is seen of a browser is put down to the last fault that was done to this process of it and of which nothing was
/// seen before; to a harmless one only where there is no other.
public struct InjectionHistory: Projection {
    /// In the order in which they were injected.
    public private(set) var injections: [InjectionRecord] = []
    private var incarnations: [BrowserID: IncarnationID] = [:]
    /// Allocations with their tasks and browsers, as long as they last.
    private var allocations: [AllocationID: (task: TaskID, browser: BrowserID)] = [:]
    private var runs: [ObligationID: (task: TaskID, browser: BrowserID)] = [:]
    /// The rung that is taken on a browser.
    private var rungs: [BrowserID: Rung] = [:]

    public init() {}

    public init(continuing state: PoolState) {
        for browser in state.browsers.entities { incarnations[browser.id] = browser.incarnation }
        for allocation in state.allocations.entities {
            allocations[allocation.id] = (allocation.task, allocation.browser)
        }
    }

    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .faultInjected(let injected):
            injections.append(InjectionRecord(injected, at: event))
        case .browserLaunchDecided(let decided):
            incarnations[decided.browser ?? BrowserID(event.sequence)] = IncarnationID(event.sequence)
        case .taskGranted(let granted):
            allocations[AllocationID(event.sequence)] = (granted.task, granted.browser)
        case .allocationReleased(let released): allocations[released.allocation] = nil
        case .runAssigned(let assigned):
            runs[ObligationID(event.sequence)] = (assigned.task, assigned.browser)
        case .browserFailed(let failed): see(failed.browser, event) { $0.evidence = failed.evidence }
        case .runFailed(let failed):
            guard let browser = allocations[failed.allocation]?.browser else { return }
            see(browser, event) { $0.runFailure = failed.failure }
        case .recoveryBegan(let began):
            guard let browser = began.browser else { return }
            see(browser, event) { $0.evidence = began.evidence }
            interrupt(began.task, on: browser, event)
        case .browserCloseDecided(let decided) where decided.reason == .silent:
            see(decided.browser, event) { $0.evidence = .heartbeatMissed }
        case .healDecided(let decided): rungs[decided.browser] = decided.rung
        case .rungEnded(let ended):
            if ended.healed, let rung = rungs[ended.browser] { heal(ended.browser, by: rung, event) }
        case .browserLaunched(let launched): heal(launched.browser, by: .restartBrowser, event)
        case .runStarted(let started):
            if let run = runs[started.obligation] { resume(run.task, on: run.browser, event) }
        case .taskSucceeded(let ended): forget(ended.task)
        case .taskFailed(let ended): forget(ended.task)
        case .taskCancelled(let ended): forget(ended.task)
        case .taskTimedOut(let ended): forget(ended.task)
        default: break
        }
    }

    private mutating func see(
        _ browser: BrowserID, _ event: Event, _ note: (inout InjectionRecord) -> Void
    ) {
        let unseen = injections.indices.filter {
            injections[$0].browser == browser && injections[$0].detectedAt == nil
                && injections[$0].incarnation == incarnations[browser]
        }
        guard let index = unseen.last(where: { !injections[$0].fault.isHarmless }) ?? unseen.last else {
            return
        }
        note(&injections[index])
        injections[index].detectedAt = event.at
        for allocation in allocations.values.sorted(by: { $0.task < $1.task })
        where allocation.browser == browser { injections[index].interrupt(allocation.task) }
    }

    /// A task is recovered from what this very step tells.
    private mutating func interrupt(_ task: TaskID, on browser: BrowserID, _ event: Event) {
        guard let index = injections.lastIndex(where: { $0.browser == browser && $0.detectedAt == event.at })
        else { return }
        injections[index].interrupt(task)
    }

    private mutating func heal(_ browser: BrowserID, by rung: Rung, _ event: Event) {
        for index in injections.indices
        where injections[index].browser == browser && injections[index].detectedAt != nil
            && injections[index].healedAt == nil
        {
            injections[index].rung = rung
            injections[index].healedAt = event.at
        }
    }

    private mutating func resume(_ task: TaskID, on browser: BrowserID, _ event: Event) {
        for index in injections.indices where injections[index].waiting.contains(task) {
            injections[index].waiting.removeAll { $0 == task }
            if browser != injections[index].browser { injections[index].hasMoved = true }
            if injections[index].waiting.isEmpty { injections[index].resumedAt = event.at }
        }
    }

    /// A task that has ended is not waited for.
    private mutating func forget(_ task: TaskID) {
        for index in injections.indices { injections[index].waiting.removeAll { $0 == task } }
    }
}

/// What came of one fault that was injected.
public struct InjectionRecord: Equatable, Sendable {
    /// The sequence number of its event.
    public let sequence: UInt64
    public let fault: InjectedFault
    public let browser: BrowserID
    public let incarnation: IncarnationID
    /// When it was recorded, just before it was done.
    public let injectedAt: EventTime
    /// What was seen of the browser; nil when nothing was.
    public internal(set) var evidence: Evidence?
    /// What a run on the browser failed with, where that was seen and nothing of the browser itself.
    public internal(set) var runFailure: RunFailure?
    /// When it was seen; nil when nothing was.
    public internal(set) var detectedAt: EventTime?
    /// What made the browser usable again; nil until then.
    public internal(set) var rung: Rung?
    public internal(set) var healedAt: EventTime?
    /// Tasks that it interrupted, in the order of their ids.
    public internal(set) var interrupted: [TaskID] = []
    /// When all of those that had not ended ran again; nil until then, and where it interrupted none.
    public internal(set) var resumedAt: EventTime?
    /// Whether one of them went on on another browser.
    public internal(set) var hasMoved = false
    /// Those that do not run again yet.
    var waiting: [TaskID] = []

    init(_ injected: FaultInjected, at event: Event) {
        sequence = event.sequence
        fault = injected.fault
        browser = injected.browser
        incarnation = injected.incarnation
        injectedAt = event.at
    }

    /// From the record of the fault to that of what was seen of it, in nanoseconds; the time in which the former became
    /// durable is part of it.
    public var detectionNs: UInt64? { detectedAt.map { $0.nanoseconds(since: injectedAt) } }

    /// From the record of the fault until its browser was usable again, in nanoseconds.
    public var healingNs: UInt64? { healedAt.map { $0.nanoseconds(since: injectedAt) } }

    /// From the record of the fault until the interrupted work ran again, in nanoseconds.
    public var resumptionNs: UInt64? { resumedAt.map { $0.nanoseconds(since: injectedAt) } }

    /// The name of what was seen; nil when nothing was.
    public var seen: String? {
        evidence?.name.description ?? runFailure.map { "run_failed: \($0.name)" }
    }

    mutating func interrupt(_ task: TaskID) {
        guard !interrupted.contains(task) else { return }
        interrupted.append(task)
        waiting.append(task)
    }
}
