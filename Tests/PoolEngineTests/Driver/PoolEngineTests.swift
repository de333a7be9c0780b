import Pool
import PoolEngine
import Testing

@Suite("A pool engine", .timeLimit(.minutes(2)))
struct PoolEngineTests {
    let clock = ManualClock()

    private func start(
        _ store: some EventStore, _ executor: ScriptedExecutor, clock other: ManualClock? = nil,
        policy: PoolPolicy = PoolPolicy(maxConnections: 1), holdTasks: Bool = false
    ) async throws -> PoolEngine {
        let engine = try PoolEngine(store: store, executor: executor, clock: other ?? clock)
        try await engine.start(identity: .test, policy: policy, holdTasks: holdTasks)
        return engine
    }

    private func isIdle(_ engine: PoolEngine) async -> Bool { await engine.state.tasks.isEmpty }

    @Test("runs a task to its end and leaves a log that folds to its state (CORE-1)")
    func runsTask() async throws {
        let store = GatedEventStore(isOpen: true)
        let engine = try await start(store, ScriptedExecutor())
        let events = await engine.events()
        let task = try await engine.submit(.test())
        #expect(task == TaskID(3))
        try await eventually { await isIdle(engine) }
        try await engine.stop(.finished)
        var published: [Event] = []
        for await event in events { published.append(event) }
        #expect(published == (try store.events().filter { $0.sequence >= 3 }))
        #expect(try store.foldedState() == (await engine.state))
        #expect(try store.names().contains("task_succeeded"))
    }

    @Test("acknowledges a request when its step is durable, and not before (LOG-3)")
    func acknowledgement() async throws {
        let store = GatedEventStore(isOpen: true)
        let executor = ScriptedExecutor()
        let engine = try await start(store, executor)
        store.close()
        let submitted = Task { try await engine.submit(.test()) }
        try await eventually { store.waitingSteps == 1 }
        #expect(await engine.state.tasks.count == 1)
        #expect(executor.performed.isEmpty)
        #expect(store.durableHead() == 2)
        store.open()
        #expect(try await submitted.value == TaskID(3))
        try await eventually { executor.performed.first?.isLaunch == true }
        try await engine.stop(.finished)
    }

    @Test("ends when the store fails: nothing past the watermark is acknowledged or performed (CORE-9)")
    func storeFails() async throws {
        let memory = MemoryEventStore(logID: [UInt8](repeating: 1, count: 16))
        let executor = ScriptedExecutor()
        let engine = try await start(FaultyEventStore(memory, failingAfter: 2), executor)
        let events = await engine.events()
        await #expect(throws: EngineError.self) { try await engine.submit(.test()) }
        #expect(memory.durableHead() == 2)
        #expect(executor.performed.isEmpty)
        for await event in events { Issue.record("published \(event), which is not durable") }
        await #expect(throws: EngineError.self) { try await engine.submit(.test()) }
        await #expect(throws: EngineError.self) { try await engine.stop(.finished) }
        try await eventually { executor.isAbandoned }
    }

    @Test("cannot start on a store that fails")
    func cannotStart() async throws {
        let memory = MemoryEventStore(logID: [UInt8](repeating: 1, count: 16))
        let engine = try PoolEngine(
            store: FaultyEventStore(memory, failingAfter: 0), executor: ScriptedExecutor(), clock: clock)
        await #expect(throws: EngineError.self) {
            try await engine.start(identity: .test, policy: PoolPolicy(), holdTasks: false)
        }
    }

    @Test("starts neither for real on a simulation's log nor simulated on a real one (EXEC-4)")
    func otherReality() async throws {
        for logIsSimulated in [true, false] {
            let store = MemoryEventStore(logID: [UInt8](repeating: 1, count: 16))
            func identity(_ simulated: Bool) -> EngineIdentity {
                EngineIdentity(version: "test", host: "host", pid: 1, simulated: simulated)
            }
            let first = try PoolEngine(store: store, executor: ScriptedExecutor(), clock: clock)
            try await first.start(
                identity: identity(logIsSimulated), policy: PoolPolicy(maxConnections: 1), holdTasks: false)
            try await first.stop(.finished)
            let head = store.durableHead()
            let other = try PoolEngine(store: store, executor: ScriptedExecutor(), clock: clock)
            do {
                try await other.start(
                    identity: identity(!logIsSimulated), policy: PoolPolicy(), holdTasks: false)
                Issue.record("it starts")
            } catch EngineError.otherReality(let found) {
                #expect(found == logIsSimulated)
            }
            #expect(store.durableHead() == head)
            let same = try PoolEngine(store: store, executor: ScriptedExecutor(), clock: clock)
            try await same.start(
                identity: identity(logIsSimulated), policy: PoolPolicy(maxConnections: 1), holdTasks: false)
            try await same.stop(.finished)
        }
    }

    @Test("stops when every browser has been closed, and records its last state")
    func stopWaits() async throws {
        let store = GatedEventStore(isOpen: true)
        let executor = ScriptedExecutor { effect in effect.isClose || effect.isRun ? [] : effect.success }
        let engine = try await start(store, executor)
        _ = try await engine.submit(.test())
        try await eventually { executor.performed.last?.isRun == true }
        let stopping = Task { try await engine.stop(.interrupted) }
        try await eventually { executor.performed.last?.isClose == true }
        #expect(try store.names().last != "state_digest_recorded")
        let close = try #require(executor.performed.last)
        for report in close.success { executor.report(report) }
        try await stopping.value
        #expect(try store.names().suffix(2) == ["browser_retired", "state_digest_recorded"])
        let state = try store.foldedState()
        #expect(state.obligations.isEmpty)
        #expect(state.tasks.entities.map(\.phase) == [.suspended])
        await #expect(throws: EngineError.self) { try await engine.submit(.test()) }
    }

    @Test("asked to stop twice stops once, for both")
    func stopTwice() async throws {
        let store = GatedEventStore(isOpen: true)
        let executor = ScriptedExecutor { effect in effect.isClose || effect.isRun ? [] : effect.success }
        let engine = try await start(store, executor)
        _ = try await engine.submit(.test())
        try await eventually { executor.performed.last?.isRun == true }
        let stops = (0..<2).map { _ in Task { try await engine.stop(.interrupted) } }
        try await eventually { try store.names().count { $0 == "engine_stop_requested" } == 2 }
        let close = try #require(executor.performed.last)
        for report in close.success { executor.report(report) }
        for stop in stops { try await stop.value }
        #expect(try store.names().count { $0 == "state_digest_recorded" } == 1)
    }

    @Test("tells the sender of an impossible request why")
    func rejections() async throws {
        let executor = ScriptedExecutor { effect in effect.isRun ? [] : effect.success }
        let engine = try await start(
            GatedEventStore(isOpen: true), executor, policy: PoolPolicy(maxConnections: 1, maxQueued: 1))
        await #expect(throws: Rejection.unknownTask(TaskID(77))) { try await engine.cancel(TaskID(77)) }
        let task = try await engine.submit(.test())
        await #expect(throws: Rejection.notSuspended(task)) { try await engine.resume(task) }
        await #expect(throws: Rejection.queueFull(limit: 1)) { try await engine.submit(.test()) }
        try await engine.cancel(task)
        #expect(await isIdle(engine))
        try await engine.stop(.finished)
    }

    @Test("records stale reports once per second, counted")
    func staleReports() async throws {
        let store = GatedEventStore(isOpen: true)
        let executor = ScriptedExecutor { effect in effect.isRun ? [] : effect.success }
        let engine = try await start(store, executor)
        _ = try await engine.submit(.test())
        try await eventually { executor.performed.last?.isRun == true }
        func refused() throws -> [UInt64] {
            try store.events().compactMap {
                if case .reportsRefused(let refused) = $0.payload { refused.count } else { nil }
            }
        }
        let stale = Report(RunStopped(obligation: ObligationID(1), browser: BrowserID(1)))
        executor.report(stale)
        try await eventually { try refused() == [1] }
        for _ in 0..<3 { executor.report(stale) }
        // A request comes after the reports, so they have been counted when it is answered.
        await #expect(throws: Rejection.unknownTask(TaskID(77))) { try await engine.cancel(TaskID(77)) }
        #expect(try refused() == [1])
        clock.advance(milliseconds: 1_000)
        try await eventually { try refused() == [1, 3] }
        try await engine.stop(.finished)
    }

    @Test("ends a lease by its clock and runs the task on a new process")
    func leaseExpires() async throws {
        let store = GatedEventStore(isOpen: true)
        let executor = ScriptedExecutor { effect in
            if case .run(let run) = effect, run.allocation.sequence < 10 { return [] }
            return effect.success
        }
        let engine = try await start(store, executor, policy: PoolPolicy(maxConnections: 1, leaseMs: 5_000))
        _ = try await engine.submit(.test())
        try await eventually { executor.performed.last?.isRun == true }
        clock.advance(milliseconds: 5_000)
        try await eventually { await isIdle(engine) }
        #expect(executor.performed.map(\.isClose) == [false, false, true, false, false])
        #expect(try store.names().contains("recovery_committed"))
        try await engine.stop(.finished)
    }

    @Test("goes on with what the one before it left, from the last recorded item", arguments: [false, true])
    func restart(holdTasks: Bool) async throws {
        let store = GatedEventStore(isOpen: true)
        let first = ScriptedExecutor { effect in
            effect.isRun ? Array(effect.success.prefix(1)) : effect.success
        }
        let abandoned = try await start(store, first)
        let task = try await abandoned.submit(.test(items: 10))
        try await eventually { first.performed.last?.isRun == true }
        guard case .run(let run) = first.performed.last else { return }
        first.report(
            Report(RunProgressed(obligation: run.obligation, allocation: run.allocation, itemCount: 6)))
        try await eventually { await abandoned.state.tasks[task].itemsDone == 6 }
        try await eventually { try store.names().last == "run_progressed" }

        let second = ScriptedExecutor()
        let engine = try await start(store, second, holdTasks: holdTasks)
        if holdTasks {
            #expect(await engine.state.tasks[task].phase == .suspended)
            try await engine.resume(task)
        }
        try await eventually { await isIdle(engine) }
        guard case .run(let rest) = second.performed.last(where: \.isRun) else {
            Issue.record("no run was performed")
            return
        }
        #expect(rest.items == 6..<10)
        try await engine.stop(.finished)
        #expect(try store.foldedState() == (await engine.state))
    }

    @Test("keeps its timers when the wall clock was set back between two engines")
    func clockSetBack() async throws {
        let store = GatedEventStore(isOpen: true)
        let first = try await start(store, ScriptedExecutor())
        try await first.stop(.finished)
        let recordedAt = try store.foldedState().lastEventAt

        let earlier = ManualClock(now: EventTime(nanoseconds: recordedAt.nanoseconds / 2))
        let executor = ScriptedExecutor { effect in
            guard case .launch(let launch) = effect, launch.obligation.sequence < 10 else {
                return effect.success
            }
            return [
                Report(
                    BrowserLaunchFailed(
                        obligation: launch.obligation, browser: launch.browser, evidence: .processExited))
            ]
        }
        let engine = try await start(store, executor, clock: earlier)
        _ = try await engine.submit(.test())
        try await eventually { try store.names().last == "launch_retry_scheduled" }
        earlier.advance(milliseconds: 100)
        try await eventually { await isIdle(engine) }
        try await engine.stop(.finished)
    }

    @Test("has no events to follow before it has started")
    func eventsBeforeStart() async throws {
        let engine = try PoolEngine(
            store: GatedEventStore(isOpen: true), executor: ScriptedExecutor(), clock: clock)
        for await event in await engine.events() { Issue.record("\(event)") }
    }
}
