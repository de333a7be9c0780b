import Pool
import PoolEngine

/// A whole life of a pool in virtual time: owners, engines that crash and come back, browsers that fail, around the
/// step machine that real engines run.
///
/// It is synchronous and takes chance from its seed alone: the same configuration gives the same log, byte for byte.
/// Its log is in memory, and on request also in another store, from which its engines then start.
public struct Simulation {
    /// The virtual time with which every simulation begins.
    public static let beginning = EventTime(nanoseconds: 1_700_000_000_000_000_000)

    let configuration: SimulationConfiguration
    private let host: SimulatedHost
    private let log: MemoryEventStore
    private var store: SettlingStore?
    private var storeFailure: (any Error)?
    private let beganAt: EventTime
    var clock: VirtualClock<SimulationOccurrence>
    private var faults: FaultSource
    var executor: SimulatedExecutor
    private var owners: SplitMix64
    private var surroundings: SplitMix64
    /// Which failures are recorded as injected: chance of its own, so that it moves nothing else.
    private var chaos: SplitMix64
    var engine: SimulatedEngine?
    private var engines = 0
    private var lastState = PoolState()
    private var checker: InvariantChecker
    private var summary = SimulationSummary()
    private var unsubmitted: Int
    private var isFinished = false
    /// Where it stands in what it replays; nil when it replays nothing.
    var replay: ReplayProgress?

    public init(_ configuration: SimulationConfiguration) {
        self.configuration = configuration
        var random = SplitMix64(seed: configuration.seed)
        host = SimulatedHost(seed: configuration.seed)
        log = MemoryEventStore(logID: host.logID)
        beganAt = Self.beginning
        clock = VirtualClock(now: beganAt)
        faults = FaultSource(configuration.faults, beganAt: beganAt, random: random.fork())
        let timing = random.fork()
        executor = SimulatedExecutor(
            host: host,
            behaviour: configuration.replay.map { RecordedBehaviour($0, random: timing) }
                ?? DrawnBehaviour(configuration.world, on: host, timing: timing))
        replay = configuration.replay.map(ReplayProgress.init)
        owners = random.fork()
        surroundings = random.fork()
        chaos = random.fork()
        checker = InvariantChecker(
            timerToleranceNs: max(
                configuration.faults.latestTimerNs, configuration.replay?.latestTimerNs ?? 0))
        unsubmitted = configuration.workload.tasks.count
    }

    /// The id of the log, 16 bytes, which follows from the seed.
    public var logID: [UInt8] { log.logID }

    /// Runs until every task has ended, faults are over, and the last engine has stopped.
    public consuming func run() -> SimulationResult {
        pass()
        return result()
    }

    /// Runs the same with another store behind it: everything durable is appended there too, every engine starts with
    /// what is read from there, and at the end it must hold the very records of the log in memory.
    ///
    /// - Parameters:
    ///   - store: An empty store whose id is `logID`.
    ///   - settlesEachStep: Whether a step is durable there before the next is appended. It takes longer, and a log
    ///     that notes its commits is then the same in these too.
    /// - Throws: What the store throws; `StoreDifference` when it holds anything else than it was given.
    public consuming func run(
        through store: some EventStore, settlesEachStep: Bool = false
    ) throws -> SimulationResult {
        precondition(store.logID == log.logID, "the store has another id than the simulation")
        let settling = SettlingStore(store, settlesEachStep: settlesEachStep)
        self.store = settling
        pass()
        if let storeFailure { throw storeFailure }
        try settling.settle()
        let result = result()
        try result.compare(with: store)
        return result
    }

    private mutating func pass() {
        let limit = beganAt.adding(
            milliseconds: configuration.faults.endsAtMs + configuration.settlesWithinMs)
        clock.plan(.start(holdTasks: replay?.holdTasks(0) ?? false), at: beganAt)
        if replay == nil {
            for (index, task) in configuration.workload.tasks.enumerated() {
                clock.plan(.submit(index), at: beganAt.adding(milliseconds: task.atMs))
            }
        }
        for injection in faults.timed {
            let at = beganAt.adding(milliseconds: injection.atMs)
            clock.plan(.strike(injection, engine: nil), at: at)
        }
        clock.plan(.faultsEnd, at: beganAt.adding(milliseconds: configuration.faults.endsAtMs))
        while !isFinished, replay?.isCut != true, storeFailure == nil, let next = nextAt, next <= limit {
            if let planned = clock.nextAt, planned <= next {
                if let occurrence = clock.advance() { take(occurrence) }
            } else {
                clock.advance(to: next)
            }
            if isStalled { continue }
            takeWhatIsDue()
            endIfStopped()
            finishIfQuiet()
        }
        for struck in faults.struck { summary.faults.add(struck.fault.name) }
        summary.virtualMs = clock.now.nanoseconds(since: beganAt) / 1_000_000
        checker.finish(mustHaveEnded: configuration.replay?.isComplete ?? true)
        checker.replay(log, to: isFinished ? lastState : nil)
    }

    private func result() -> SimulationResult {
        SimulationResult(
            log: log, summary: summary, finalState: engine?.machine.state ?? lastState,
            violations: checker.violations, isQuiescent: isFinished, struck: faults.struck,
            replayed: replayed)
    }

    private var replayed: ReplayCounts? {
        var counts = executor.replayed
        if let replay { counts?.struck.add(replay.struck) }
        return counts
    }

    private var isStalled: Bool { clock.now < engine?.stalledUntil ?? .zero }

    private var nextAt: EventTime? {
        let earliest = max(clock.now, engine?.stalledUntil ?? .zero)
        let due = engine?.machine.nextDue.map { max($0, earliest) }
        switch (clock.nextAt, due) {
        case (let planned?, let due?): return min(planned, due)
        case (let planned, let due): return planned ?? due
        }
    }

    private mutating func take(_ occurrence: SimulationOccurrence) {
        if isStalled, occurrence.isInput, let stalledUntil = engine?.stalledUntil {
            return clock.plan(occurrence, at: stalledUntil)
        }
        switch occurrence {
        case .executor(let inner, let number):
            guard engine?.number == number else { return }
            absorb(executor.occur(inner, faults: &faults, at: clock.now))
        case .report(let report, let number):
            guard engine != nil, number == nil || engine?.number == number else { return }
            receive(report.observation, blobs: report.blobs)
        case .durable(let sequence, let number):
            guard engine?.number == number else { return }
            becameDurable(through: sequence)
        case .submit(let index): submit(index)
        case .cancel(let task): request(TaskCancelRequested(task: task).payload, again: occurrence)
        case .resume(let task):
            if owners.chance(perMille: configuration.workload.cancelSuspendedPerMille) {
                request(TaskCancelRequested(task: task).payload, again: .cancel(task))
            } else {
                request(TaskResumeRequested(task: task).payload, again: occurrence)
            }
        case .start(let holdTasks): start(holdTasks: holdTasks)
        case .strike(let injection, let number):
            guard number == nil || engine?.number == number else { return }
            strike(injection)
        case .faultsEnd, .tick: break
        case .act(let act, let session): take(act, session: session)
        case .sessionEnds(let session): endSession(session)
        }
    }

    // MARK: Engines

    private mutating func start(holdTasks: Bool) {
        let state: PoolState
        do { state = try foldedLog() } catch {
            storeFailure = error
            return
        }
        engine = SimulatedEngine(number: engines, resuming: state)
        executor.engineBegan(engines)
        replay?.engineBegan()
        let identity = host.identity(engine: engines)
        engines += 1
        let started = EngineStarted(
            version: identity.version, revision: PoolState.decisionRevision, host: identity.host,
            pid: identity.pid, logID: log.logID, simulated: true, holdTasks: holdTasks)
        engine?.startedThrough = state.position + 1
        receive(started.payload)
    }

    /// What everything durable folds to: what an engine starts with.
    private func foldedLog() throws -> PoolState {
        guard let store else { return try log.foldedState() }
        try store.settle()
        return try store.base.foldedState()
    }

    /// The engine is gone in the midst of whatever it did.
    ///
    /// - Parameter steps: How many of the steps of which it does not know that they are durable became so nonetheless;
    ///   the others never happened.
    mutating func crash(keeping steps: Int, holdTasks: Bool) {
        guard let ended = engine else { return }
        for step in ended.undurable.prefix(steps) { record(step) }
        for act in executor.end() { checker.observe(act) }
        // What is replayed holds what owners did about it.
        for submission in ended.submissions where replay == nil {
            clock.plan(.submit(submission.planned), afterNs: owners.within(1...2_000) * 1_000_000)
        }
        engine = nil
        clock.plan(.start(holdTasks: holdTasks), afterNs: pauseNs(atLeastMs: 100))
    }

    /// Time between two engines, in nanoseconds.
    private mutating func pauseNs(atLeastMs: UInt64) -> UInt64 {
        if let replay { return replay.workload.sessions[engines - 1].pauseNs }
        return surroundings.within(atLeastMs...20_000) * 1_000_000
    }

    mutating func stop(then stopping: SimulatedEngine.Stopping) {
        guard engine?.isConfigured == true, engine?.stopping == nil else { return }
        engine?.stopping = stopping
        receive(EngineStopRequested(reason: stopping == .finish ? .finished : .interrupted).payload)
    }

    /// An engine that was asked to stop and owes nothing any more records its state and ends.
    private mutating func endIfStopped() {
        guard let stopping = engine?.stopping, engine?.machine.state.obligations.isEmpty == true,
            engine?.undurable.isEmpty == true
        else { return }
        guard let ending = engine, ending.hasRecordedEnd else {
            engine?.hasRecordedEnd = true
            if let digest = engine?.machine.takeDigest() { receive(digest) }
            return endIfStopped()
        }
        lastState = ending.machine.state
        engine = nil
        switch stopping {
        case .finish: isFinished = true
        case .restart(let holdTasks):
            clock.plan(.start(holdTasks: holdTasks), afterNs: pauseNs(atLeastMs: 1))
        }
    }

    /// Nothing is left to do: time passes until faults are over, and the engine stops.
    private mutating func finishIfQuiet() {
        if replay != nil { return endSessionIfDone() }
        guard unsubmitted == 0, clock.now >= beganAt.adding(milliseconds: configuration.faults.endsAtMs),
            engine?.isConfigured == true, engine?.stopping == nil, engine?.undurable.isEmpty == true,
            engine?.machine.state.tasks.isEmpty == true
        else { return }
        stop(then: .finish)
    }

    private mutating func strike(_ injection: FaultPlan.Injection) {
        let (fault, now) = (injection.fault, clock.now)
        switch fault {
        case .browserFails:
            let usable = executor.usable
            guard let browser = usable.first(where: { $0.id == injection.browser }) ?? usable.first else {
                return
            }
            fail([browser], fault)
        case .browsersFail:
            let usable = executor.usable
            guard usable.count > 1 else { return }
            faults.note(injection)
            fail(usable, fault)
        case .engineCrashes(let holdTasks):
            guard let engine else { return }
            faults.note(injection)
            let kept = surroundings.within(0...UInt64(engine.undurable.count))
            crash(keeping: Int(kept), holdTasks: holdTasks)
        case .appendFails(let holdTasks):
            faults.note(injection)
            crash(keeping: 0, holdTasks: holdTasks)
        case .engineStops(let holdTasks):
            guard engine?.isConfigured == true, engine?.stopping == nil else { return }
            faults.note(injection)
            stop(then: .restart(holdTasks: holdTasks))
        case .engineStalls(let ms):
            guard engine != nil else { return }
            faults.note(injection)
            engine?.stalledUntil = now.adding(milliseconds: ms)
        case .burst(let ms):
            faults.note(injection)
            faults.beginBurst(ms: ms, at: now)
        default: break
        }
    }

    mutating func fail(_ browsers: [(id: BrowserID, incarnation: IncarnationID)], _ fault: Fault) {
        guard let number = engine?.number else { return }
        for browser in browsers {
            let fails = ExecutorOccurrence.browserFails(browser.id, browser.incarnation, fault)
            clock.plan(.executor(fails, engine: number), at: clock.now)
        }
    }

    // MARK: Steps

    private mutating func takeWhatIsDue() {
        while let due = engine?.machine.due(at: clock.now) { receive(due) }
        if engine?.machine.isDigestDue == true, let digest = engine?.machine.takeDigest() { receive(digest) }
    }

    @discardableResult
    mutating func receive(_ observation: EventPayload, blobs: [[UInt8]] = []) -> StepMachine.Reaction? {
        guard let reaction = engine?.machine.receive(observation, blobs: blobs, at: clock.now) else {
            return nil
        }
        if case .append(let step) = reaction { append(step) }
        return reaction
    }

    /// Appends a step of which no fault comes, and which is durable with the one before it.
    private mutating func appendUndisturbed(_ step: StepMachine.Step) {
        guard let last = step.events.last?.sequence, let engine else { return }
        self.engine?.undurable.append(step)
        clock.plan(.durable(through: last, engine: engine.number), at: max(clock.now, engine.durableAt))
    }

    private mutating func append(_ step: StepMachine.Step) {
        guard let last = step.events.last?.sequence, let number = engine?.number else { return }
        engine?.undurable.append(step)
        let longest = configuration.faults.durabilityDelayMs
        var at = clock.now
        if longest > 0 { at = at.adding(milliseconds: surroundings.within(0...longest)) }
        at = max(at, engine?.durableAt ?? at)
        engine?.durableAt = at
        if let injection = faults.step(at: clock.now) {
            if case .appendFails = injection.fault {
                return clock.plan(.strike(injection, engine: number), at: at)
            }
            clock.plan(.strike(injection, engine: number), afterNs: injection.delayMs * 1_000_000)
        }
        clock.plan(.durable(through: last, engine: number), at: at)
    }

    /// A step is durable, whether its engine knows or not.
    private mutating func record(_ step: StepMachine.Step) {
        _ = log.submit(step.stored) { _ in }
        do { try store?.append(step.stored) } catch { storeFailure = error }
        for event in step.events {
            checker.observe(event)
            executor.recorded(event)
            summary.count(event)
        }
    }

    private mutating func becameDurable(through sequence: UInt64) {
        while let step = engine?.undurable.first, let last = step.events.last, last.sequence <= sequence {
            engine?.undurable.removeFirst()
            record(step)
        }
        let effects = engine?.machine.becameDurable(through: sequence) ?? []
        for effect in effects {
            if case .launch(let launch) = effect { replay?.note(launch.browser) }
            absorb(executor.perform(effect, faults: &faults, at: clock.now))
        }
        while let submission = engine?.submissions.first, submission.last <= sequence {
            engine?.submissions.removeFirst()
            acknowledge(submission.task, planned: submission.planned)
        }
        if let started = engine?.startedThrough, started <= sequence {
            engine?.startedThrough = nil
            receive(PoolConfigured(policy: policy(ofEngine: engine?.number ?? 0)).payload)
            let configuredThrough = engine?.machine.state.position
            engine?.configuredThrough = configuredThrough
        } else if let configured = engine?.configuredThrough, configured <= sequence {
            engine?.configuredThrough = nil
            engine?.isConfigured = true
            if replay != nil { return beginSession() }
            resumeSuspended()
            retain()
        }
    }

    private func policy(ofEngine number: Int) -> PoolPolicy {
        if let replay { return replay.policy(number) }
        return number == 0 ? configuration.policy : configuration.laterPolicy ?? configuration.policy
    }

    /// Plans what the executor plans, and lets its reports arrive: mostly at once and once.
    private mutating func absorb(_ output: ExecutorOutput) {
        guard let number = engine?.number else { return }
        for act in output.acts { checker.observe(act) }
        for report in output.reports { recordInjection(before: report) }
        for (occurrence, afterNs) in output.later {
            clock.plan(.executor(occurrence, engine: number), afterNs: afterNs)
        }
        for report in output.reports {
            let longest: UInt64 = surroundings.chance(perMille: 500) ? 500 : 60_000
            let late = surroundings.within(1...longest) * 1_000_000
            switch faults.report(at: clock.now) {
            case .reportLost: continue
            case .reportLate: clock.plan(.report(report, engine: nil), afterNs: late)
            case .reportRepeated:
                clock.plan(.report(report, engine: number), at: clock.now)
                clock.plan(.report(report, engine: nil), afterNs: late)
            default: clock.plan(.report(report, engine: number), at: clock.now)
            }
        }
    }

    /// Some failures are faults that were injected, which is recorded before they show. Where the pool does not take it, as
    /// for a browser that is going anyway, there is none.
    private mutating func recordInjection(before report: Report) {
        guard case .browserFailed(let failed) = report.observation,
            chaos.chance(perMille: configuration.faults.injectedPerMille)
        else { return }
        let faults = InjectedFault.looking(like: failed.evidence)
        guard !faults.isEmpty else { return }
        let injected = FaultInjected(
            fault: chaos.pick(faults), browser: failed.browser, incarnation: failed.incarnation,
            detail: "simulated")
        guard let reaction = engine?.machine.receive(injected.payload, at: clock.now),
            case .append(let step) = reaction
        else { return }
        appendUndisturbed(step)
    }

    // MARK: Owners

    mutating func submit(_ index: Int) {
        var spec = configuration.workload.tasks[index].spec
        // An owner who asks for more copies than the pool has browsers makes do with as many.
        spec.redundancy = min(spec.redundancy, engine?.machine.state.policy.maxConnections ?? 0)
        guard engine?.isConfigured == true,
            case .append(let step) = receive(TaskSubmitted(spec: spec).payload),
            let first = step.events.first?.sequence, let last = step.events.last?.sequence
        else { return clock.plan(.submit(index), afterNs: owners.within(100...1_000) * 1_000_000) }
        engine?.submissions.append((last, TaskID(first), index))
        executor.submitted(TaskID(first), planned: index)
        replay?.note(TaskID(first), planned: index)
    }

    /// A task is known to its owner once it is durable.
    private mutating func acknowledge(_ task: TaskID, planned: Int) {
        unsubmitted -= 1
        if let afterMs = configuration.workload.tasks[planned].cancelAfterMs {
            clock.plan(.cancel(task), afterNs: afterMs * 1_000_000)
        }
    }

    /// Asks for something, or asks again later while there is no engine to ask.
    private mutating func request(_ observation: EventPayload, again: SimulationOccurrence) {
        guard engine?.isConfigured == true, engine?.stopping == nil else {
            return clock.plan(again, afterNs: owners.within(100...1_000) * 1_000_000)
        }
        receive(observation)
    }

    /// An operator lets go of what earlier engines recorded.
    private mutating func retain() {
        guard let state = engine?.machine.state, state.engine > 1 else { return }
        let point = RetentionPointSet(position: state.engine - 1, archive: "\(state.engine - 1)")
        receive(point.payload)
    }

    private mutating func resumeSuspended() {
        guard let tasks = engine?.machine.state.tasks.entities else { return }
        for task in tasks where task.phase == .suspended {
            let afterMs = owners.within(1...configuration.workload.resumeWithinMs)
            clock.plan(.resume(task.id), afterNs: afterMs * 1_000_000)
        }
    }
}
