import Testing

@testable import Pool

@Suite("A browser that fails again and again")
struct QuarantineDecisionTests {
    /// Two browsers, one of which is quarantined at its second failure in a row.
    private static func policy(_ change: (inout PoolPolicy) -> Void = { _ in }) -> PoolPolicy {
        var policy = PoolPolicy(
            maxConnections: 2, warmBrowsers: 2,
            breaker: BreakerPolicy(failures: 2, baseMs: 1_000, maxMs: 3_000))
        change(&policy)
        return policy
    }

    private func pool(_ policy: PoolPolicy = policy()) -> (PoolScenario, failing: BrowserID, other: BrowserID)
    {
        var pool = PoolScenario(policy)
        let failing = pool.launch()
        let other = pool.launch()
        return (pool, failing, other)
    }

    private func fail(_ browser: BrowserID, in pool: inout PoolScenario) -> [Event] {
        pool.take(pool.failure(of: browser))
    }

    @Test("is quarantined, and after that on probation until a run completes there (CORE-8)")
    func quarantine() {
        var (pool, failing, other) = pool()
        #expect(fail(failing, in: &pool).ofType("breaker_opened").isEmpty)
        pool.launch()
        let opened = fail(failing, in: &pool).ofType("breaker_opened").first
        #expect(
            opened
                == .breakerOpened(
                    BreakerOpened(
                        browser: failing, failures: 2, openings: 1,
                        until: pool.now.adding(milliseconds: 1_000), others: 1)))
        pool.launch()
        let first = pool.submit()
        #expect(pool.browser(of: first) == other)
        let second = pool.submit()
        #expect(pool.state.tasks[second].phase == .queued, "nothing is given to a quarantined browser")
        pool.fireEarliest(.breaker)
        #expect(pool.state.browsers[failing].breaker == .halfOpen)
        #expect(pool.browser(of: second) == failing)
        pool.begin(second)
        pool.take(pool.progress(second, items: 10))
        let completed = pool.take(pool.completion(second))
        #expect(completed.ofType("breaker_closed") == [.breakerClosed(BreakerClosed(browser: failing))])
        #expect(pool.state.browsers[failing].breaker == nil)
        #expect(pool.state.browsers[failing].strikes == 0)
    }

    @Test("has one lane on probation, however many it had")
    func probation() {
        var (pool, failing, other) = pool(Self.policy { $0.lanesPerBrowser = 2 })
        for _ in 0..<2 {
            _ = fail(failing, in: &pool)
            pool.launch()
        }
        pool.fireEarliest(.breaker)
        let tasks = (0..<4).map { _ in pool.submit() }
        #expect(tasks.count { pool.browser(of: $0) == failing } == 1)
        #expect(pool.state.browsers[failing].phase == .busy)
        #expect(tasks.count { pool.browser(of: $0) == other } == 2)
    }

    @Test("is quarantined for twice as long each time in a row, up to the longest time")
    func growing() {
        var (pool, failing, _) = pool()
        _ = fail(failing, in: &pool)
        pool.launch()
        var lengths: [UInt64] = []
        for _ in 0..<4 {
            guard case .breakerOpened(let opened) = fail(failing, in: &pool).ofType("breaker_opened").first
            else {
                Issue.record("it was not quarantined")
                return
            }
            lengths.append(opened.until.nanoseconds(since: pool.now) / 1_000_000)
            pool.launch()
            pool.fireEarliest(.breaker)
        }
        #expect(lengths == [1_000, 2_000, 3_000, 3_000])
    }

    @Test("is not quarantined when it is the last that can run a task (CORE-8)")
    func last() {
        var pool = PoolScenario(
            Self.policy {
                $0.maxConnections = 1
                $0.warmBrowsers = 1
            })
        let only = pool.launch()
        for _ in 0..<4 {
            #expect(fail(only, in: &pool).ofType("breaker_opened").isEmpty)
            pool.launch()
        }
        #expect(pool.state.browsers[only].strikes == 4)
    }

    @Test("and gave a wrong output is replaced at once, though it is the only one")
    func wrongOutput() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        let browser = pool.browser(of: task)
        let events = pool.take(pool.failure(of: browser, .outputWrong, processEnded: false))
        #expect(
            events.ofType("browser_close_decided") == [
                .browserCloseDecided(
                    BrowserCloseDecided(
                        browser: browser, incarnation: pool.state.browsers[browser].incarnation,
                        reason: .quarantined, deadline: pool.now.adding(milliseconds: 10_000)))
            ])
        let closed = pool.take(pool.closed(browser))
        #expect(!pool.state.browsers.contains(browser))
        #expect(closed.ofType("browser_launch_decided").count == 1, "another one takes its place")
    }

    @Test("and gave a wrong output while tasks recovered there together has them rolled back together")
    func wrongOutputInGroup() {
        var pool = PoolScenario(
            PoolPolicy(maxConnections: 1, lanesPerBrowser: 2, recoveryStrategy: .coordinated))
        let tasks = [pool.running(), pool.running()]
        let browser = pool.browser(of: tasks[0])
        pool.take(pool.failure(of: browser, .deviceLost, processEnded: false))
        pool.take(
            RungEnded(
                obligation: pool.owed(.heal), browser: browser, healed: true,
                backends: [BackendSupport(backend: .webgpu)]))
        let events = pool.take(pool.failure(of: browser, .outputWrong, processEnded: false))
        #expect(events.ofType("allocation_released").count == 2)
        #expect(events.ofType("recovery_rolled_back").count == 2)
        #expect(events.ofType("retry_scheduled").count == 2)
        #expect(pool.state.recoveries.isEmpty)
    }

    @Test("sends those who waited for it elsewhere")
    func waiting() {
        var (pool, failing, _) = pool(Self.policy { $0.recoveryStrategy = .progressive })
        _ = fail(failing, in: &pool)
        pool.launch()
        var task = pool.submit()
        if pool.browser(of: task) != failing { task = pool.submit() }
        pool.begin(task)
        let events = pool.take(pool.failure(of: failing, .rendererCrashed, processEnded: false))
        #expect(events.ofType("breaker_opened").count == 1)
        #expect(
            events.ofType("rung_started").compactMap { payload -> Rung? in
                if case .rungStarted(let started) = payload { started.rung } else { nil }
            } == [.reloadPage, .failOver])
        #expect(pool.state.isQueued(task) || pool.browser(of: task) != failing)
    }
}
