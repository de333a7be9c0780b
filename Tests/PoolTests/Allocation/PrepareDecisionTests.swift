import Testing

@testable import Pool

/// Idle browsers get the models of the tasks that run.
@Suite("A preparation")
struct PrepareDecisionTests {
    private static let policy = PoolPolicy(maxConnections: 2, warmBrowsers: 2)

    /// A task that runs on the first of two browsers.
    private func running() -> (pool: PoolScenario, task: TaskID, spare: BrowserID) {
        var pool = PoolScenario(Self.policy)
        for browser in pool.state.browsers.ids { pool.take(pool.launched(browser)) }
        let task = pool.submit(
            .test {
                $0.modelDigest = Digest(bytes: Array(repeating: 7, count: 32)) ?? .zero
                $0.runtimeBackends = [.webgpu, .cpu]
            })
        let spare = pool.state.browsers.ids.first { $0 != pool.browser(of: task) } ?? BrowserID(0)
        return (pool, task, spare)
    }

    @Test("is decided for the spare browser as soon as a task is granted elsewhere, once")
    func decided() {
        var (pool, task, spare) = running()
        let owed = pool.owed(.prepare, on: spare)
        #expect(pool.state.browsers[spare].preparing == owed)
        pool.begin(task)
        #expect(pool.owed(.prepare) == owed)
        #expect(pool.state.timers.timers.contains { $0.kind == .prepare && $0.subject == owed.sequence })
    }

    @Test("that succeeded leaves the model resident, and nothing more to prepare")
    func prepared() {
        var (pool, task, spare) = running()
        expect(pool, on: ModelPrepared(obligation: pool.owed(.prepare), browser: spare), gives: [])
        pool.take(ModelPrepared(obligation: pool.owed(.prepare), browser: spare))
        let model = pool.state.tasks[task].spec.modelDigest
        #expect(pool.state.browsers[spare].residentModels == [model])
        #expect(!pool.state.timers.timers.contains { $0.kind == .prepare })
        #expect(!pool.state.obligations.entities.contains { $0.kind == .prepare })
    }

    @Test("that failed is not tried again in that process")
    func failed() {
        var (pool, task, spare) = running()
        let failed = PrepareFailed(
            obligation: pool.owed(.prepare), browser: spare, failure: .outOfMemory, detail: "full")
        expect(pool, on: failed, gives: [])
        pool.take(failed)
        let model = pool.state.tasks[task].spec.modelDigest
        #expect(pool.state.browsers[spare].unpreparableModels == [model])
        #expect(pool.state.browsers[spare].residentModels.isEmpty)
        expect(pool, on: failed, becomes: .refused(.stale, subject: failed.obligation.sequence))
    }

    @Test("that says nothing is given up at its deadline, and its late answer is stale")
    func timesOut() {
        var (pool, task, spare) = running()
        let owed = pool.owed(.prepare)
        pool.begin(task)
        pool.wait(milliseconds: 30_000)
        pool.take(pool.progress(task, items: 1))
        while pool.state.obligations.contains(owed) {
            guard let timer = pool.state.timers.earliest else { break }
            pool.fireEarliest(timer.kind)
        }
        #expect(pool.state.browsers[spare].preparing == nil)
        #expect(pool.state.browsers[spare].unpreparableModels.count == 1)
        expect(
            pool, on: ModelPrepared(obligation: owed, browser: spare),
            becomes: .refused(.stale, subject: owed.sequence))
    }

    @Test("ends with its browser, whose next process is prepared anew")
    func browserFails() {
        var (pool, _, spare) = running()
        let owed = pool.owed(.prepare)
        pool.take(pool.failure(of: spare))
        #expect(!pool.state.obligations.contains(owed))
        pool.take(pool.launched(spare))
        #expect(pool.owed(.prepare, on: spare) != owed)
    }

    @Test("makes a failover go to the browser that holds the model, and is of no use without failover")
    func failover() {
        var (pool, task, spare) = running()
        pool.begin(task)
        pool.take(ModelPrepared(obligation: pool.owed(.prepare), browser: spare))
        pool.take(pool.failure(of: pool.browser(of: task)))
        #expect(pool.browser(of: task) == spare)

        var policy = Self.policy
        policy.enableFaultTolerance = false
        var other = PoolScenario(policy)
        for browser in other.state.browsers.ids { other.take(other.launched(browser)) }
        _ = other.submit()
        #expect(!other.state.obligations.entities.contains { $0.kind == .prepare })
    }

    @Test("is not made on a browser that does not offer the task's backend")
    func notOffered() {
        var pool = PoolScenario(Self.policy)
        let ids = pool.state.browsers.ids
        pool.take(pool.launched(ids[0]))
        pool.take(pool.launched(ids[1], hasAdapter: false))
        let task = pool.submit()
        #expect(pool.browser(of: task) == ids[0])
        #expect(!pool.state.obligations.entities.contains { $0.kind == .prepare })
    }
}
