import Pool

/// A history that the pool itself decided, built observation by observation, with the state after each step.
struct Scenario {
    private(set) var events: [Event] = []
    private(set) var state = PoolState()
    /// The state after each step, and how many events there were.
    private(set) var steps: [(events: Int, state: PoolState)] = []
    private var now = EventTime(nanoseconds: 1_700_000_000_000_000_000)

    /// Takes an observation a second after the one before.
    @discardableResult
    mutating func take(_ message: some EventMessage) -> [Event] {
        now = now.adding(milliseconds: 1000)
        guard case .recorded(let step) = state.step(message.payload, at: now) else {
            preconditionFailure("\(message.payload.name) was not recorded")
        }
        events += step
        steps.append((events.count, state))
        return step
    }

    /// Time goes on until the earliest timer is due, and it fires.
    mutating func fireTimer() -> TimerState {
        guard let timer = state.timers.earliest else { preconditionFailure("no timer is set") }
        now = max(now, timer.dueAt)
        take(TimerFired(kind: timer.kind, subject: timer.subject, dueAt: timer.dueAt))
        return timer
    }

    /// The last event of a type.
    func last(_ name: String) -> Event {
        guard let event = events.last(where: { $0.payload.name.description == name }) else {
            preconditionFailure("no \(name) yet")
        }
        return event
    }

    mutating func startEngine(browsers: UInt32 = 1, faultTolerance: Bool = true, simulated: Bool = false) {
        take(
            EngineStarted(
                revision: PoolState.decisionRevision, logID: Array(repeating: 1, count: 16),
                simulated: simulated, holdTasks: true))
        take(
            PoolConfigured(policy: PoolPolicy(maxConnections: browsers, enableFaultTolerance: faultTolerance))
        )
    }

    @discardableResult
    mutating func submit(items: UInt64 = 10) -> TaskID {
        let spec = TaskSpec(
            family: .vision, model: "digits", runtime: "wgsl", itemsTotal: items, inputsCount: 1,
            backends: [.webgpu])
        return TaskID(take(TaskSubmitted(spec: spec))[0].sequence)
    }

    /// The launch that was last decided ends well.
    @discardableResult
    mutating func launch(pid: UInt32 = 100) -> BrowserID {
        let decided = last("browser_launch_decided")
        guard case .browserLaunchDecided(let payload) = decided.payload else { preconditionFailure() }
        let browser = payload.browser ?? BrowserID(decided.sequence)
        let facts = BrowserFacts(
            pid: pid, product: "Chrome/1", adapter: Adapter(vendor: "google", software: true))
        take(BrowserLaunched(obligation: ObligationID(decided.sequence), browser: browser, facts: facts))
        return browser
    }

    private var run: (obligation: ObligationID, allocation: AllocationID) {
        let decided = last("run_assigned")
        guard case .runAssigned(let assigned) = decided.payload else { preconditionFailure() }
        return (ObligationID(decided.sequence), assigned.allocation)
    }

    mutating func beginRun() { take(RunStarted(obligation: run.obligation, allocation: run.allocation)) }

    mutating func progress(from first: UInt64, count: UInt64, ms: Double = 2) {
        take(
            RunProgressed(
                obligation: run.obligation, allocation: run.allocation, firstItem: first, itemCount: count,
                outputs: Payload(inline: [91, 93], sizeBytes: 2), runMs: ms))
    }

    mutating func completeRun() {
        take(
            RunCompleted(
                obligation: run.obligation, allocation: run.allocation, metrics: RunMetrics(runMs: 7),
                provenance: Provenance(browser: "Chrome/1", model: "digits")))
    }

    mutating func fail(_ browser: BrowserID, processEnded: Bool = true) {
        take(
            BrowserFailed(
                browser: browser, incarnation: state.browsers[browser].incarnation,
                evidence: processEnded ? .processExited : .heartbeatMissed, processEnded: processEnded,
                signal: processEnded ? 9 : 0))
    }

    mutating func close() {
        let decided = last("browser_close_decided")
        guard case .browserCloseDecided(let close) = decided.payload else { preconditionFailure() }
        take(BrowserClosed(obligation: ObligationID(decided.sequence), browser: close.browser))
    }
}
