import Testing

@testable import Pool

@Suite("A recovery")
struct RecoveryDecisionTests {
    @Test("commits when its task runs again, from its last recorded item (CORE-7)")
    func commits() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        pool.take(pool.progress(task, items: 4))
        pool.take(pool.failure(of: pool.browser(of: task)))
        #expect(pool.state.recoveries.entities.first?.checkpointItems == 4)
        pool.wait(milliseconds: 20)
        pool.launch()
        let recovery = pool.state.recoveries.ids[0]
        expect(
            pool, on: RunStarted(obligation: pool.run(of: task), allocation: pool.allocation(of: task)),
            gives: [
                .recoveryCommitted(RecoveryCommitted(recovery: recovery, task: task, durationNs: 20_000_000))
            ])
        #expect(pool.state.allocations[pool.allocation(of: task)].endItem == 10)
        #expect(pool.state.tasks[task].itemsLeft == 6)
    }

    @Test("that went on elsewhere after its healed browser failed its run stays there (CORE-6)")
    func healedTooLate() {
        var pool = PoolScenario(
            PoolPolicy(
                maxConnections: 2, warmBrowsers: 2, recoveryStrategy: .progressive, breaker: nil,
                heartbeat: nil))
        while pool.state.obligations.contains(where: { $0.pointee.kind == .launch }) { pool.launch() }
        let task = pool.running()
        let browser = pool.browser(of: task)
        func healed(_ pool: PoolScenario) -> RungEnded {
            RungEnded(
                obligation: pool.owed(.heal), browser: browser, healed: true,
                backends: [BackendSupport(backend: .webgpu)])
        }
        pool.take(pool.failure(of: browser, .rendererCrashed, processEnded: false))
        pool.take(healed(pool))
        #expect(pool.browser(of: task) == browser)
        pool.take(
            RunFailed(
                obligation: pool.run(of: task), allocation: pool.allocation(of: task),
                failure: .executorFault))
        pool.take(pool.failure(of: browser, .rendererCrashed, processEnded: false))
        pool.fireEarliest(.retry)
        let other = pool.browser(of: task)
        #expect(other != browser && pool.state.tasks[task].recovery != nil)
        pool.take(healed(pool))
        #expect(pool.browser(of: task) == other && pool.state.tasks[task].rival == nil)
    }

    @Test("takes its next attempt after a backoff when its new browser fails as well")
    func secondFailure() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        pool.take(pool.failure(of: pool.browser(of: task)))
        let recovery = pool.state.recoveries.ids[0]
        pool.launch()
        let browser = pool.browser(of: task)
        expect(
            pool, on: pool.failure(of: browser, .rendererCrashed),
            gives: [
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: browser,
                        reason: .browserFailed)),
                .rungStarted(RungStarted(recovery: recovery, attempt: 2)),
                .retryScheduled(
                    RetryScheduled(task: task, attempt: 2, dueAt: pool.now.adding(milliseconds: 100))),
                .browserLaunchDecided(
                    BrowserLaunchDecided(
                        browser: browser, reason: .heal, deadline: pool.now.adding(milliseconds: 30_000))),
            ])
    }

    @Test("leaves its task the whole retry budget once an item is recorded")
    func budgetComesBack() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        pool.take(pool.failure(of: pool.browser(of: task)))
        pool.launch()
        pool.begin(task)
        #expect(pool.state.tasks[task].attempts == 1)
        pool.take(pool.progress(task, items: 1))
        #expect(pool.state.tasks[task].attempts == 0)
    }

    @Test("is given up when attempt after attempt records no item")
    func exhausted() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1, retry: RetryPolicy(budget: 1)))
        let task = pool.running()
        pool.take(pool.failure(of: pool.browser(of: task)))
        let recovery = pool.state.recoveries.ids[0]
        pool.launch()
        let browser = pool.browser(of: task)
        expect(
            pool, on: pool.failure(of: browser, .deviceLost),
            gives: [
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: browser,
                        reason: .browserFailed)),
                .recoveryRolledBack(
                    RecoveryRolledBack(recovery: recovery, task: task, reason: .retriesExhausted)),
                .taskFailed(
                    TaskFailed(
                        task: task, failure: .retriesExhausted,
                        detail: "1 attempts in a row recorded no item; the last evidence was device_lost")),
                .browserRetired(BrowserRetired(browser: browser, reason: .notNeeded)),
            ])
    }

    @Test("that takes too long is rolled back and its task tried again later")
    func timesOut() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running(.test { $0.recoveryTimeoutMs = 1_000 })
        pool.take(pool.failure(of: pool.browser(of: task)))
        let recovery = pool.state.recoveries.ids[0]
        pool.wait(milliseconds: 1_000)
        expect(
            pool, on: TimerFired(kind: .recoveryTimeout, subject: recovery.sequence, dueAt: pool.now),
            gives: [
                .recoveryRolledBack(RecoveryRolledBack(recovery: recovery, task: task, reason: .timedOut)),
                .retryScheduled(
                    RetryScheduled(task: task, attempt: 2, dueAt: pool.now.adding(milliseconds: 200))),
            ])
    }

    @Test("is not begun for a task that has all its results: it has succeeded (CORE-7)")
    func allRecorded() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        pool.take(pool.progress(task, items: 10))
        let browser = pool.browser(of: task)
        expect(
            pool, on: pool.failure(of: browser),
            gives: [
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: browser,
                        reason: .browserFailed)),
                .taskSucceeded(TaskSucceeded(task: task, itemsDone: 10)),
                .browserRetired(BrowserRetired(browser: browser, reason: .notNeeded)),
            ])
    }

    @Test("is not begun when fault tolerance is off")
    func faultToleranceOff() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1, enableFaultTolerance: false))
        let task = pool.running()
        let browser = pool.browser(of: task)
        expect(
            pool, on: pool.failure(of: browser),
            gives: [
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: browser,
                        reason: .browserFailed)),
                .taskFailed(
                    TaskFailed(
                        task: task, failure: .faultToleranceOff,
                        detail: "its browser failed (process_exited) and enable_fault_tolerance is off")),
                .browserRetired(BrowserRetired(browser: browser, reason: .notNeeded)),
            ])
    }

    @Test("takes every task of a failed browser, and none of another (CORE-8)")
    func blastRadius() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 2, lanesPerBrowser: 2))
        let tasks = (0..<3).map { _ in pool.running() }
        let browser = pool.browser(of: tasks[0])
        let hit = tasks.filter { pool.browser(of: $0) == browser }
        let others = tasks.filter { !hit.contains($0) }
        #expect(!others.isEmpty)
        pool.take(pool.failure(of: browser))
        #expect(pool.state.recoveries.entities.map(\.task) == hit)
        for other in others { #expect(pool.state.tasks[other].phase == .running) }
    }
}
