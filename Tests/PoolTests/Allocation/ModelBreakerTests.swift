import Testing

@testable import Pool

@Suite("A model that fails again and again on a kind of browser")
struct ModelBreakerTests {
    private static let model = Digest(bytes: [UInt8](repeating: 7, count: 32)) ?? .zero
    private static let spec = TaskSpec.test { $0.modelDigest = model }

    private static func policy(_ change: (inout PoolPolicy) -> Void = { _ in }) -> PoolPolicy {
        var policy = PoolPolicy(
            maxConnections: 2, warmBrowsers: 2, retry: RetryPolicy(baseMs: 10, maxMs: 10, budget: 10),
            breaker: BreakerPolicy(failures: 2, baseMs: 1_000, maxMs: 3_000), heartbeat: nil)
        change(&policy)
        return policy
    }

    /// Two browsers, the first of which is preferred by far.
    private static func pool(
        _ kinds: [BrowserKind] = [.chrome, .firefox], _ policy: PoolPolicy = policy()
    ) -> (PoolScenario, first: BrowserID, second: BrowserID) {
        var policy = policy
        policy.browserPreferences = [BrowserPreference(family: .textEmbedding, browser: kinds[0])]
        var pool = PoolScenario(policy)
        let ids = pool.state.browsers.ids
        for (id, kind) in zip(ids, kinds) {
            var launched = pool.launched(id)
            launched.facts.kind = kind
            pool.take(launched)
        }
        return (pool, ids[0], ids[1])
    }

    private static func fail(_ task: TaskID, in pool: inout PoolScenario) -> [Event] {
        pool.take(
            RunFailed(
                obligation: pool.run(of: task), allocation: pool.allocation(of: task),
                failure: .executorFault, detail: "why"))
    }

    private static func named(_ name: String, _ events: [Event]) -> [EventPayload] {
        events.map(\.payload).filter { $0.name.description == name }
    }

    /// Two tasks of the model failed on the first browser.
    private static func opened() -> (PoolScenario, first: BrowserID, second: BrowserID, events: [Event]) {
        var (pool, first, second) = pool()
        var events: [Event] = []
        for _ in 0..<2 {
            let failing = pool.running(spec)
            #expect(pool.browser(of: failing) == first && named("model_breaker_opened", events).isEmpty)
            events = fail(failing, in: &pool)
            pool.take(TaskCancelRequested(task: failing))
        }
        return (pool, first, second, events)
    }

    @Test("is kept from that kind, and other models are not (CORE-8)")
    func opens() {
        var (pool, first, second, events) = Self.opened()
        #expect(
            Self.named("model_breaker_opened", events) == [
                .modelBreakerOpened(
                    ModelBreakerOpened(
                        modelDigest: Self.model, browser: .chrome, failures: 2, openings: 1,
                        until: pool.now.adding(milliseconds: 1_000), others: 1))
            ])
        let kept = pool.take(TaskSubmitted(spec: Self.spec))
        guard case .taskGranted(let granted) = Self.named("task_granted", kept).first else {
            Issue.record("the task is not granted")
            return
        }
        #expect(granted.browser == second && granted.filtered.modelQuarantined == 1)
        let waiting = pool.submit(Self.spec)
        #expect(pool.state.tasks[waiting].phase == .queued, "nothing is given to a kind that it is kept from")
        let other = pool.submit()
        #expect(pool.browser(of: other) == first, "a task of another model does not wait behind it")
    }

    @Test("is tried there again with one run at a time, until one completes")
    func halfOpen() {
        var (pool, first, second, _) = Self.opened()
        let elsewhere = pool.running(Self.spec)
        let waiting = pool.submit(Self.spec)
        #expect(pool.browser(of: elsewhere) == second && pool.state.tasks[waiting].phase == .queued)
        pool.fireEarliest(.modelBreaker)
        #expect(pool.browser(of: waiting) == first)
        #expect(pool.state.isKept(Self.model, from: .chrome), "a run of it is under way there")
        pool.begin(waiting)
        pool.take(pool.progress(waiting, items: 10))
        let completed = pool.take(pool.completion(waiting))
        #expect(
            Self.named("model_breaker_closed", completed) == [
                .modelBreakerClosed(ModelBreakerClosed(modelDigest: Self.model, browser: .chrome))
            ])
        #expect(pool.state.modelBreakers.isEmpty)
    }

    @Test("is kept from it for twice as long when it fails there on trial")
    func reopens() {
        var (pool, first, _, _) = Self.opened()
        _ = pool.running(Self.spec)
        let waiting = pool.submit(Self.spec)
        pool.fireEarliest(.modelBreaker)
        #expect(pool.browser(of: waiting) == first)
        pool.begin(waiting)
        let events = Self.fail(waiting, in: &pool)
        guard case .modelBreakerOpened(let opened) = Self.named("model_breaker_opened", events).first else {
            Issue.record("its breaker stays half-open")
            return
        }
        #expect(opened.openings == 2 && opened.until == pool.now.adding(milliseconds: 2_000))
    }

    @Test("is not kept from the only kind there is: then the budget of each task governs (CORE-8)")
    func onlyKind() {
        var (pool, _, _) = Self.pool([.chrome, .chrome])
        for _ in 0..<6 {
            let task = pool.running(Self.spec)
            #expect(Self.named("model_breaker_opened", Self.fail(task, in: &pool)).isEmpty)
            pool.take(TaskCancelRequested(task: task))
        }
        #expect(pool.state.modelBreakers.breakers.map(\.strikes) == [6])
    }

    @Test("is not kept from a kind that alone has what a task of it needs (CORE-8)")
    func lastThatServes() {
        var policy = Self.policy()
        policy.browserPreferences = []
        var pool = PoolScenario(policy)
        for (id, kind) in zip(pool.state.browsers.ids, [BrowserKind.chrome, .firefox]) {
            var launched = pool.launched(id, offering: kind == .chrome ? [.webgpu, .cpu] : [.cpu])
            launched.facts.kind = kind
            pool.take(launched)
        }
        for _ in 0..<4 {
            let task = pool.running(Self.spec)
            #expect(Self.named("model_breaker_opened", Self.fail(task, in: &pool)).isEmpty)
            pool.take(TaskCancelRequested(task: task))
        }
        #expect(pool.state.modelBreakers.breakers.map(\.strikes) == [4])
    }

    @Test(
        "is struck by what it may have caused, and by nothing else",
        arguments: [
            (Evidence.rendererCrashed, UInt32(1)), (.processExited, 0), (.shaderHung, 1),
            (.rendererKilled, 0),
        ])
    func evidence(_ evidence: Evidence, strikes: UInt32) {
        var (pool, first, _) = Self.pool()
        let task = pool.running(Self.spec)
        #expect(pool.browser(of: task) == first)
        pool.take(pool.failure(of: first, evidence, processEnded: false))
        #expect((pool.state.modelBreakers.breakers.first?.strikes ?? 0) == strikes)
    }

    @Test("that hangs until its lease runs out is struck")
    func lease() {
        var (pool, _, _) = Self.pool()
        _ = pool.running(Self.spec)
        pool.fireEarliest(.lease)
        #expect(pool.state.modelBreakers.breakers.map(\.strikes) == [1])
    }

    @Test("is kept in a table of at most 64, of which the closed one struck longest ago goes")
    func bounded() {
        var table = ModelBreakerTable()
        let digests = (0..<70 as Range<UInt8>).map {
            Digest(bytes: [UInt8](repeating: $0, count: 32)) ?? .zero
        }
        for (index, digest) in digests.enumerated() { table.strike(digest, .chrome, by: UInt64(index + 1)) }
        #expect(table.breakers.count == 64 && table.isSound)
        #expect(table.breaker(of: digests[5], on: .chrome) == nil)
        #expect(table.breaker(of: digests[6], on: .chrome)?.strikes == 1)
        for digest in digests[6...] { table.change(digest, .chrome) { $0.phase = .halfOpen } }
        table.strike(digests[0], .firefox, by: 99)
        #expect(table.breakers.count == 64 && table.breaker(of: digests[0], on: .firefox) == nil)
        table.complete(digests[6], .chrome)
        #expect(table.breaker(of: digests[6], on: .chrome)?.strikes == 0)
    }
}
