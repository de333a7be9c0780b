import Pool
import PoolEngine
import Testing

@Suite("A fault that an engine injects", .timeLimit(.minutes(2)))
struct InjectionTests {
    /// An engine whose one browser is ready.
    private func start(
        _ store: GatedEventStore, _ executor: some Executor
    ) async throws -> (engine: PoolEngine, browser: BrowserID) {
        let engine = try PoolEngine(store: store, executor: executor, clock: ManualClock())
        try await engine.start(
            identity: .test, policy: PoolPolicy(maxConnections: 1, warmBrowsers: 1), holdTasks: false)
        try await eventually { await engine.state.browsers.entities.first?.isUsable == true }
        return (engine, await engine.state.browsers.ids[0])
    }

    @Test("is durable before it is done (CORE-9)")
    func durableFirst() async throws {
        let store = GatedEventStore(isOpen: true)
        let executor = ScriptedExecutor(injects: true)
        let (engine, browser) = try await start(store, executor)
        store.close()
        let injecting = Task { try await engine.inject(.gpuKilled, into: browser) }
        try await eventually { store.waitingSteps == 1 }
        #expect(executor.injected.isEmpty)
        store.open()
        let sequence = try await injecting.value
        let incarnation = await engine.state.browsers[browser].incarnation
        let injected = FaultInjected(
            fault: .gpuKilled, browser: browser, incarnation: incarnation, detail: "nothing")
        #expect(executor.injected == [injected])
        #expect(try store.events().first { $0.sequence == sequence }?.payload == .faultInjected(injected))
        try await engine.stop(.finished)
    }

    @Test("that the executor cannot do is refused by name, and so is a browser that there is none of")
    func refused() async throws {
        let store = GatedEventStore(isOpen: true)
        let executor = ScriptedExecutor()
        let (engine, browser) = try await start(store, executor)
        await #expect(throws: InjectionRefusal.unsupported(.pageClosed)) {
            try await engine.inject(.pageClosed, into: browser)
        }
        await #expect(throws: Rejection.notUp(BrowserID(77))) {
            try await engine.inject(.pageClosed, into: BrowserID(77))
        }
        #expect(try !store.names().contains("fault_injected"))
        try await engine.stop(.finished)
        await #expect(throws: EngineError.self) { try await engine.inject(.pageClosed, into: browser) }
    }

    @Test("is refused by an executor that says nothing of faults")
    func silentExecutor() async throws {
        struct Plain: Executor {
            let inner = ScriptedExecutor()
            func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void) {
                inner.perform(effect, report: report)
            }
            func abandon() async {}
        }
        let (engine, browser) = try await start(GatedEventStore(isOpen: true), Plain())
        await #expect(throws: InjectionRefusal.unsupported(.gpuKilled)) {
            try await engine.inject(.gpuKilled, into: browser)
        }
        #expect(InjectionRefusal.unsupported(.gpuKilled).description.contains("gpu_killed"))
        try await engine.stop(.finished)
    }
}
