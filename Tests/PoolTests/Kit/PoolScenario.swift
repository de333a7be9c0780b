import Testing

@testable import Pool

/// A pool led step by step to where a test wants it. Its time moves only by `wait`.
struct PoolScenario {
    private(set) var state = PoolState()
    private(set) var now = EventTime(nanoseconds: 1_000_000_000_000)

    /// An engine that has started under this policy.
    init(_ policy: PoolPolicy = PoolPolicy(maxConnections: 2)) {
        take(EngineStarted(revision: PoolState.decisionRevision))
        take(PoolConfigured(policy: policy))
    }

    /// Takes an observation and gives what was recorded.
    @discardableResult
    mutating func take(_ observation: some EventMessage) -> [Event] {
        guard case .recorded(let events) = state.step(observation.payload, at: now) else {
            Issue.record("\(observation) was not recorded")
            return []
        }
        return events
    }

    mutating func wait(milliseconds: UInt64) { now = now.adding(milliseconds: milliseconds) }

    /// Passes to the timer that is due first and fires it.
    @discardableResult
    mutating func fireEarliest(_ kind: TimerKind, sourceLocation: SourceLocation = #_sourceLocation)
        -> TimerFired
    {
        guard let timer = state.timers.earliest else {
            Issue.record("no timer is set", sourceLocation: sourceLocation)
            return TimerFired()
        }
        #expect(timer.kind == kind, sourceLocation: sourceLocation)
        now = max(now, timer.dueAt)
        let fired = TimerFired(kind: timer.kind, subject: timer.subject, dueAt: timer.dueAt)
        take(fired)
        return fired
    }

    // MARK: What is there

    /// The obligation of this kind that is owed on a browser, or the only one.
    func owed(_ kind: ObligationKind, on browser: BrowserID? = nil) -> ObligationID {
        let found = state.obligations.entities.filter {
            $0.kind == kind && (browser == nil || $0.browser == browser)
        }
        #expect(found.count == 1, "\(found.count) obligations of kind \(kind) are owed")
        return found.first?.id ?? ObligationID(0)
    }

    func allocation(of task: TaskID) -> AllocationID { state.tasks[task].allocation ?? AllocationID(0) }
    func run(of task: TaskID) -> ObligationID {
        state.allocations.find(state.tasks[task].allocation)?.run ?? ObligationID(0)
    }
    func browser(of task: TaskID) -> BrowserID {
        state.allocations.find(state.tasks[task].allocation)?.browser ?? BrowserID(0)
    }

    // MARK: What happens

    mutating func submit(_ spec: TaskSpec = .test()) -> TaskID {
        TaskID(take(TaskSubmitted(spec: spec)).first?.sequence ?? 0)
    }

    /// The first launch that is owed succeeds.
    @discardableResult
    mutating func launch(hasAdapter: Bool = true) -> BrowserID {
        let browser = state.obligations.entities.first { $0.kind == .launch }?.browser ?? BrowserID(0)
        take(launched(browser, hasAdapter: hasAdapter))
        return browser
    }

    func launched(_ browser: BrowserID, hasAdapter: Bool = true) -> BrowserLaunched {
        let facts = BrowserFacts(
            pid: 7, kind: .headlessShell, adapter: hasAdapter ? Adapter() : nil, simulated: true)
        return BrowserLaunched(obligation: owed(.launch, on: browser), browser: browser, facts: facts)
    }

    /// A launch of a browser whose probes find just these backends.
    func launched(_ browser: BrowserID, offering backends: [Backend]) -> BrowserLaunched {
        var launched = launched(browser)
        launched.facts.backends = Backend.allCases.map {
            BackendSupport(backend: $0, refusal: backends.contains($0) ? nil : .browserRefuses)
        }
        return launched
    }

    func failure(
        of browser: BrowserID, _ evidence: Evidence = .processExited, processEnded: Bool = true
    ) -> BrowserFailed {
        BrowserFailed(
            browser: browser, incarnation: state.browsers[browser].incarnation, evidence: evidence,
            processEnded: processEnded)
    }

    func closed(_ browser: BrowserID) -> BrowserClosed {
        BrowserClosed(obligation: owed(.close, on: browser), browser: browser)
    }

    mutating func begin(_ task: TaskID) {
        take(RunStarted(obligation: run(of: task), allocation: allocation(of: task)))
    }

    func progress(_ task: TaskID, items: UInt64) -> RunProgressed {
        RunProgressed(
            obligation: run(of: task), allocation: allocation(of: task),
            firstItem: state.tasks[task].itemsDone,
            itemCount: items)
    }

    func completion(_ task: TaskID) -> RunCompleted {
        RunCompleted(obligation: run(of: task), allocation: allocation(of: task))
    }

    /// A task that runs on a browser of its own.
    mutating func running(_ spec: TaskSpec = .test()) -> TaskID {
        let task = submit(spec)
        if state.tasks[task].allocation == nil { launch() }
        begin(task)
        return task
    }
}

extension TaskSpec {
    static func test(items: UInt64 = 10, _ change: (inout TaskSpec) -> Void = { _ in }) -> TaskSpec {
        var spec = TaskSpec(model: "model", runtime: "test", itemsTotal: items, inputsCount: 1)
        spec.backends = [.webgpu]
        change(&spec)
        return spec
    }
}

extension [Event] {
    /// What those of a type say.
    func ofType(_ name: String) -> [EventPayload] {
        map(\.payload).filter { $0.name.description == name }
    }
}
