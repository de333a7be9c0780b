import EventLog
import Pool

/// Runs a pool: feeds observations to the step machine, appends its steps, and performs its effects once they are
/// durable.
///
/// Everything enters through one queue, so steps are taken one after another. A request is acknowledged when its step
/// is durable. If the store fails, the engine ends: nothing beyond the durable watermark was performed or acknowledged.
public actor PoolEngine {
    private let store: any EventStore
    private let executor: any Executor
    private let clock: any EngineClock
    private var machine: StepMachine
    /// What the clock lags behind the log that the engine began with, in nanoseconds: event time never goes back, and
    /// a clock that was set back must not hold up timers until it has caught up.
    private let clockLag: UInt64
    private let inputs: AsyncStream<Input>
    private let enqueue: AsyncStream<Input>.Continuation
    /// Why the engine has ended; nil while it has not.
    public private(set) var failure: EngineError?
    private var isRunning = false
    /// The state's last digest is being recorded.
    private var isEnding = false
    private var sleeper: (until: EventTime, task: Task<Void, Never>)?
    private var acknowledgements: [Acknowledgement] = []
    private var unpublished: [Event] = []
    private var subscribers: [AsyncStream<Event>.Continuation] = []
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var snapshots: SnapshotSchedule
    /// The snapshots that are being kept, one after another.
    private var saving: Task<Void, Never>?
    /// Why the last snapshot could not be kept; nil when it was. The next start then folds more events.
    public private(set) var snapshotFailure: String?
    /// Why snapshots of the log could not be used for the start, one text for each.
    public nonisolated let snapshotProblems: [String]
    private var loop: Task<Void, Never>?

    private enum Input: Sendable {
        case report(Report)
        case request(EventPayload, blobs: [[UInt8]], Reply)
        case durable(UInt64)
        case appendFailed(String)
        case wake
    }

    private typealias Reply = CheckedContinuation<Result<UInt64, any Error>, Never>

    /// A request whose step, which ends at `sequence`, is not durable yet.
    private struct Acknowledgement {
        var first: UInt64
        var last: UInt64
        var reply: Reply
    }

    /// Folds what is in the store, from its newest snapshot on. `start` then begins to append.
    ///
    /// - Parameter snapshotInterval: How many events lie between two snapshots; another one is kept at the stop.
    public init(
        store: any EventStore, executor: any Executor, clock: any EngineClock = SystemClock(),
        snapshotInterval: UInt64 = 65_536
    ) throws {
        self.store = store
        self.executor = executor
        self.clock = clock
        var problems: [String] = []
        machine = StepMachine(resuming: try store.foldedState(onProblem: { problems.append($0) }))
        snapshotProblems = problems
        let newest = try store.newestSnapshot(
            of: PoolState.snapshotName, version: PoolState.snapshotVersion, through: .max)
        snapshots = SnapshotSchedule(interval: snapshotInterval, from: newest.snapshot?.position ?? 0)
        clockLag = machine.state.lastEventAt.nanoseconds(since: clock.now())
        (inputs, enqueue) = AsyncStream.makeStream()
    }

    /// The state that has been decided, which may be ahead of what is durable.
    public var state: PoolState { machine.state }

    /// Begins to append: records the engine and its policy.
    ///
    /// - Parameter holdTasks: Whether unfinished tasks of earlier engines wait until `resume`.
    /// - Throws: `FieldError` for a policy that is out of bounds, before anything is appended;
    ///   `EngineError.otherReality` for a simulated engine on a real pool's log or the other way round;
    ///   `EngineError.appendFailed` when the log cannot be appended to.
    public func start(identity: EngineIdentity, policy: PoolPolicy, holdTasks: Bool) async throws {
        precondition(!isRunning, "an engine starts once")
        try policy.validate()
        if let logIsSimulated = try store.isSimulated(machine.state), logIsSimulated != identity.simulated {
            throw EngineError.otherReality(logIsSimulated: logIsSimulated)
        }
        isRunning = true
        loop = Task { await run() }
        let started = EngineStarted(
            version: identity.version, revision: PoolState.decisionRevision, host: identity.host,
            pid: identity.pid, logID: store.logID, simulated: identity.simulated, holdTasks: holdTasks)
        try await request(started.payload)
        try await request(PoolConfigured(policy: policy).payload)
    }

    /// Submits a task and gives its id once that is durable.
    ///
    /// - Parameter blobs: What the spec's payloads name by digest.
    /// - Throws: `FieldError` for a task that is out of bounds, `Rejection` when the pool will not take it,
    ///   `EngineError` when the engine has not started or has ended.
    public func submit(_ spec: TaskSpec, blobs: [[UInt8]] = []) async throws -> TaskID {
        try spec.validate()
        return TaskID(try await request(TaskSubmitted(spec: spec).payload, blobs: blobs))
    }

    /// Lets a suspended task go on.
    public func resume(_ task: TaskID) async throws {
        try await request(TaskResumeRequested(task: task).payload)
    }

    /// Ends a task for its owner.
    public func cancel(_ task: TaskID) async throws {
        try await request(TaskCancelRequested(task: task).payload)
    }

    /// Does something to a browser on purpose, once it is durable that it will be done: `fault_injected`.
    ///
    /// - Returns: The sequence number of that event.
    /// - Throws: `Rejection.notUp` and `InjectionRefusal` when there is nothing to do it to, `EngineError` when the engine
    ///   has not started or has ended. A refusal may come after the event was recorded: what it aims at may be gone by then.
    @discardableResult
    public func inject(_ fault: InjectedFault, into browser: BrowserID) async throws -> UInt64 {
        if let failure { throw failure }
        guard let incarnation = machine.state.browsers.find(browser)?.incarnation else {
            throw Rejection.notUp(browser)
        }
        let aimed = try await executor.aim(fault, at: browser, incarnation)
        let sequence = try await request(aimed.payload)
        try await executor.inject(aimed)
        return sequence
    }

    /// Durable events from now on, in order. The stream ends with the engine.
    public func events() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream<Event>.makeStream()
        if failure != nil || !isRunning {
            continuation.finish()
        } else {
            subscribers.append(continuation)
        }
        return stream
    }

    /// Stops: suspends what runs, closes every browser, waits until nothing is owed, records the state's digest, and
    /// keeps a snapshot of the state.
    ///
    /// Asked again while it stops, it waits for the same end.
    ///
    /// - Throws: `EngineError` when the engine had ended before, or ends otherwise meanwhile.
    public func stop(_ reason: StopReason) async throws {
        try await request(EngineStopRequested(reason: reason).payload)
        if !machine.state.obligations.isEmpty, failure == nil {
            await withCheckedContinuation { idleWaiters.append($0) }
        }
        if !isEnding, failure == nil {
            isEnding = true
            try await request(machine.takeDigest())
            end(with: .stopped)
            save(machine.state)
        }
        await loop?.value
        await saving?.value
        switch failure {
        case .stopped, nil: return
        case let failure?: throw failure
        }
    }

    private func now() -> EventTime {
        EventTime(nanoseconds: clock.now().nanoseconds + clockLag)
    }

    // MARK: One input after another

    @discardableResult
    private func request(_ observation: EventPayload, blobs: [[UInt8]] = []) async throws -> UInt64 {
        if let failure { throw failure }
        guard isRunning else { throw EngineError.notStarted }
        let result = await withCheckedContinuation { (reply: Reply) in
            enqueue.yield(.request(observation, blobs: blobs, reply))
        }
        return try result.get()
    }

    private func run() async {
        for await input in inputs {
            if let failure {
                if case .request(_, _, let reply) = input {
                    reply.resume(returning: .failure(failure))
                }
                continue
            }
            take(input)
            takeWhatIsDue()
            scheduleWake()
        }
    }

    private func take(_ input: Input) {
        switch input {
        case .report(let report):
            append(machine.receive(report.observation, blobs: report.blobs, at: now()), reply: nil)
        case .request(let observation, let blobs, let reply):
            append(machine.receive(observation, blobs: blobs, at: now()), reply: reply)
        case .durable(let sequence): becameDurable(through: sequence)
        case .appendFailed(let reason): die(.appendFailed(reason))
        case .wake: break
        }
    }

    private func takeWhatIsDue() {
        guard machine.state.engine != 0 else { return }
        while failure == nil, let due = machine.due(at: now()) {
            append(machine.receive(due, at: now()), reply: nil)
        }
        if failure == nil, machine.isDigestDue {
            append(machine.receive(machine.takeDigest(), at: now()), reply: nil)
        }
    }

    private func append(_ reaction: StepMachine.Reaction, reply: Reply?) {
        switch reaction {
        case .refused: reply?.resume(returning: .success(machine.durable))
        case .rejected(let rejection): reply?.resume(returning: .failure(rejection))
        case .append(let step):
            guard let first = step.events.first?.sequence, let last = step.events.last?.sequence else {
                return
            }
            unpublished += step.events
            snapshots.stepped(to: machine.state)
            if let reply { acknowledgements.append(Acknowledgement(first: first, last: last, reply: reply)) }
            do {
                let enqueue = enqueue
                try store.submit(step.stored) { result in
                    switch result {
                    case .success(let range): enqueue.yield(.durable(range.upperBound))
                    case .failure(let error): enqueue.yield(.appendFailed("\(error)"))
                    }
                }
            } catch {
                die(.appendFailed("\(error)"))
            }
        }
    }

    private func becameDurable(through sequence: UInt64) {
        for effect in machine.becameDurable(through: sequence) {
            let enqueue = enqueue
            executor.perform(effect) { enqueue.yield(.report($0)) }
        }
        let published = unpublished.prefix { $0.sequence <= sequence }
        unpublished.removeFirst(published.count)
        for subscriber in subscribers {
            for event in published { subscriber.yield(event) }
        }
        while let first = acknowledgements.first, first.last <= sequence {
            acknowledgements.removeFirst()
            first.reply.resume(returning: .success(first.first))
        }
        if let state = snapshots.due(durable: sequence) { save(state) }
        if machine.state.obligations.isEmpty {
            for waiter in idleWaiters { waiter.resume() }
            idleWaiters = []
        }
    }

    /// Keeps a snapshot, away from this actor: encoding and flushing take their time.
    private func save(_ state: PoolState) {
        let (store, former) = (store, saving)
        saving = Task {
            await former?.value
            let failure = await Task.detached(priority: .utility) { () -> String? in
                do {
                    try store.save(state.snapshot)
                    return nil
                } catch {
                    return "\(error)"
                }
            }.value
            snapshotFailure = failure
        }
    }

    private func scheduleWake() {
        guard failure == nil, machine.state.engine != 0, let due = machine.nextDue else { return }
        if let sleeper, sleeper.until <= due, sleeper.until > now() { return }
        sleeper?.task.cancel()
        let (clock, enqueue) = (clock, enqueue)
        let wakeAt = EventTime(nanoseconds: due.nanoseconds - min(due.nanoseconds, clockLag))
        let task = Task {
            guard (try? await clock.sleep(until: wakeAt)) != nil else { return }
            enqueue.yield(.wake)
        }
        sleeper = (due, task)
    }

    // MARK: The end

    /// The store failed: whoever waits is told, and the executor lets go of everything.
    private func die(_ error: EngineError) {
        end(with: error)
        let executor = executor
        Task { await executor.abandon() }
    }

    private func end(with error: EngineError) {
        guard failure == nil else { return }
        failure = error
        sleeper?.task.cancel()
        for acknowledgement in acknowledgements { acknowledgement.reply.resume(returning: .failure(error)) }
        acknowledgements = []
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
        for subscriber in subscribers { subscriber.finish() }
        subscribers = []
        enqueue.finish()
    }
}
