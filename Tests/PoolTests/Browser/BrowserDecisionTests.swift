import Testing

@testable import Pool

@Suite("A browser")
struct BrowserDecisionTests {
    private let oneRetry = PoolPolicy(
        maxConnections: 1, retry: RetryPolicy(baseMs: 100, maxMs: 1_000, budget: 1))

    private func launchFailed(_ pool: PoolScenario, _ evidence: Evidence) -> BrowserLaunchFailed {
        let launch = pool.owed(.launch)
        return BrowserLaunchFailed(
            obligation: launch, browser: pool.state.obligations[launch].browser, evidence: evidence,
            detail: "why")
    }

    @Test("that fails to launch is tried again after a backoff")
    func launchRetry() {
        var pool = PoolScenario()
        _ = pool.submit()
        let failed = launchFailed(pool, .processExited)
        expect(
            pool, on: failed,
            gives: [
                .launchRetryScheduled(
                    LaunchRetryScheduled(failures: 1, dueAt: pool.now.adding(milliseconds: 100)))
            ])
        pool.take(failed)
        pool.wait(milliseconds: 100)
        expect(
            pool, on: TimerFired(kind: .launchRetry, dueAt: pool.now),
            gives: [
                .browserLaunchDecided(
                    BrowserLaunchDecided(
                        browser: failed.browser, reason: .heal,
                        deadline: pool.now.adding(milliseconds: 30_000)))
            ])
    }

    @Test(
        "that fails to launch as often as the budget allows fails the tasks that wait, when it is the only one"
    )
    func launchBudget() {
        var pool = PoolScenario(oneRetry)
        let task = pool.submit()
        pool.take(launchFailed(pool, .processExited))
        pool.fireEarliest(.launchRetry)
        let failed = launchFailed(pool, .processExited)
        expect(
            pool, on: failed,
            gives: [
                .taskFailed(TaskFailed(task: task, failure: .noBrowser, detail: "why")),
                .launchRetryScheduled(
                    LaunchRetryScheduled(failures: 2, dueAt: pool.now.adding(milliseconds: 200))),
                .browserRetired(BrowserRetired(browser: failed.browser, reason: .cannotLaunch)),
            ])
    }

    @Test("that fails to launch together with others uses up one attempt of the budget")
    func launchBurst() {
        var pool = PoolScenario(
            PoolPolicy(maxConnections: 4, adaptiveScaling: false, retry: RetryPolicy(baseMs: 100, budget: 1)))
        let task = pool.submit()
        for obligation in pool.state.obligations.entities {
            pool.take(
                BrowserLaunchFailed(
                    obligation: obligation.id, browser: obligation.browser, evidence: .processExited))
        }
        #expect(pool.state.launchFailures == 1)
        #expect(pool.state.tasks.contains(task))
        pool.fireEarliest(.launchRetry)
        #expect(pool.state.obligations.entities.map(\.kind) == [.launch, .launch, .launch, .launch])
    }

    @Test("that comes up without an adapter fails the tasks when no other can come (CORE-4)")
    func withoutAdapter() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.submit()
        let browser = pool.state.browsers.ids[0]
        expect(
            pool, on: pool.launched(browser, hasAdapter: false),
            gives: [
                .backendRefused(
                    BackendRefused(
                        task: task, backend: .webgpu, reason: "no WebGPU adapter", refusal: .noAdapter,
                        browser: browser)),
                .taskFailed(
                    TaskFailed(
                        task: task, failure: .noAdapter, detail: "webgpu was refused: no WebGPU adapter")),
            ])
    }

    @Test("whose launch hangs is closed and launched again")
    func launchTimesOut() {
        var pool = PoolScenario()
        _ = pool.submit()
        let launch = pool.owed(.launch)
        let browser = pool.state.browsers.ids[0]
        pool.wait(milliseconds: 30_000)
        expect(
            pool, on: TimerFired(kind: .launch, subject: launch.sequence, dueAt: pool.now),
            gives: [
                .browserCloseDecided(
                    BrowserCloseDecided(
                        browser: browser, incarnation: IncarnationID(launch.sequence),
                        reason: .launchTimedOut,
                        relaunch: true, deadline: pool.now.adding(milliseconds: 10_000))),
                .launchRetryScheduled(
                    LaunchRetryScheduled(failures: 1, dueAt: pool.now.adding(milliseconds: 100))),
            ])
    }

    @Test("that fails with its process gone is launched anew while its task is recovered")
    func failsEnded() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        let browser = pool.browser(of: task)
        let recovery = RecoveryID(pool.state.position + 3)
        expect(
            pool, on: pool.failure(of: browser, .gpuProcessLost),
            gives: [
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: browser,
                        reason: .browserFailed)),
                .recoveryBegan(
                    RecoveryBegan(
                        task: task, evidence: .gpuProcessLost,
                        deadline: pool.now.adding(milliseconds: 30_000), spare: Spare.none)),
                .rungStarted(RungStarted(recovery: recovery, attempt: 1)),
                .taskQueued(TaskQueued(task: task, reason: .recovering)),
                .browserLaunchDecided(
                    BrowserLaunchDecided(
                        browser: browser, reason: .heal, deadline: pool.now.adding(milliseconds: 30_000))),
            ])
    }

    @Test("that fails while its process goes on is closed before it is launched anew (CORE-5)")
    func failsAlive() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        let browser = pool.browser(of: task)
        let events = pool.take(pool.failure(of: browser, .heartbeatMissed, processEnded: false))
        #expect(!events.contains { $0.payload.name.description == "browser_launch_decided" })
        expect(
            pool, on: pool.closed(browser),
            gives: [
                .browserLaunchDecided(
                    BrowserLaunchDecided(
                        browser: browser, reason: .heal, deadline: pool.now.adding(milliseconds: 30_000)))
            ])
    }

    @Test("that fails twice at once is taken to have failed once")
    func failsTwice() {
        var pool = PoolScenario()
        let task = pool.running()
        let failure = pool.failure(of: pool.browser(of: task), processEnded: false)
        pool.take(failure)
        expect(pool, on: failure, becomes: .refused(.stale, subject: failure.incarnation.sequence))
    }

    @Test("whose close hangs is closed again, and the answer to the first close is stale")
    func closeHangs() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        let browser = pool.browser(of: task)
        pool.take(pool.failure(of: browser, processEnded: false))
        let first = pool.closed(browser)
        pool.wait(milliseconds: 10_000)
        expect(
            pool, on: TimerFired(kind: .close, subject: first.obligation.sequence, dueAt: pool.now),
            gives: [
                .browserCloseDecided(
                    BrowserCloseDecided(
                        browser: browser, incarnation: IncarnationID(browser.sequence), reason: .failed,
                        relaunch: true, deadline: pool.now.adding(milliseconds: 10_000)))
            ])
        pool.fireEarliest(.close)
        expect(pool, on: first, becomes: .refused(.stale, subject: first.obligation.sequence))
    }

    @Test("that is idle is closed for good, unless it is kept warm")
    func idle() {
        for warm in [UInt32(0), 1] {
            var pool = PoolScenario(PoolPolicy(maxConnections: 1, warmBrowsers: warm, idleTimeoutMs: 1_000))
            let task = pool.running()
            let browser = pool.browser(of: task)
            pool.take(pool.progress(task, items: 10))
            pool.take(pool.completion(task))
            pool.wait(milliseconds: 1_000)
            let close = BrowserCloseDecided(
                browser: browser, incarnation: IncarnationID(browser.sequence), reason: .idle,
                deadline: pool.now.adding(milliseconds: 10_000))
            expect(
                pool, on: TimerFired(kind: .idle, subject: browser.sequence, dueAt: pool.now),
                gives: warm == 0 ? [.browserCloseDecided(close)] : [])
        }
    }
}
