import Testing

@testable import Pool

@Suite("An allocation")
struct AllocationDecisionTests {
    @Test("is made when a browser comes up, with its terms and the run on it")
    func granted() {
        var pool = PoolScenario()
        let task = pool.submit()
        let browser = pool.state.browsers.ids[0]
        pool.wait(milliseconds: 3)
        let grant = pool.state.position + 2
        expect(
            pool, on: pool.launched(browser),
            gives: [
                .taskGranted(
                    TaskGranted(
                        task: task, browser: browser, incarnation: IncarnationID(browser.sequence),
                        leaseDeadline: pool.now.adding(milliseconds: 60_000),
                        candidates: [
                            Candidate(
                                browser: browser, score: 1_600, preference: 400, load: 200, speed: 200,
                                exploration: 600, health: 200)
                        ])),
                .runAssigned(
                    RunAssigned(
                        allocation: AllocationID(grant), task: task, browser: browser, itemCount: 10,
                        queueNs: 3_000_000)),
            ])
    }

    @Test("prefers the browser that holds the model, and says what else there was")
    func residency() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 2))
        let first = pool.running()
        let second = pool.running()
        let other = pool.browser(of: second)
        for task in [first, second] {
            pool.take(pool.progress(task, items: 10))
        }
        pool.take(pool.completion(first))
        pool.take(pool.completion(second))
        pool.take(pool.failure(of: other))
        let task = pool.submit()
        #expect(pool.state.allocations.find(pool.state.tasks[task].allocation)?.browser != other)
    }

    @Test("ends with its run when all results are recorded")
    func completed() {
        var pool = PoolScenario()
        let task = pool.running()
        expect(
            pool, on: pool.completion(task),
            becomes: .refused(.outOfOrder, subject: pool.run(of: task).sequence))
        pool.take(pool.progress(task, items: 10))
        expect(
            pool, on: pool.completion(task),
            gives: [
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: pool.browser(of: task),
                        reason: .completed)),
                .taskSucceeded(TaskSucceeded(task: task, itemsDone: 10)),
            ])
    }

    @Test("takes the next results only, once, and never more than were assigned (CORE-7)")
    func results() {
        var pool = PoolScenario()
        let task = pool.running()
        let first = pool.progress(task, items: 4)
        pool.take(first)
        let outOfOrder = StepOutcome.refused(.outOfOrder, subject: pool.run(of: task).sequence)
        expect(pool, on: first, becomes: outOfOrder)
        expect(pool, on: pool.progress(task, items: 7), becomes: outOfOrder)
        expect(pool, on: pool.progress(task, items: 0), becomes: outOfOrder)
        expect(pool, on: pool.progress(task, items: 6), gives: [])
    }

    @Test("fences what names another one")
    func fencing() {
        var pool = PoolScenario()
        let task = pool.running()
        var progress = pool.progress(task, items: 1)
        progress.allocation = AllocationID(1)
        expect(pool, on: progress, becomes: .refused(.stale, subject: pool.run(of: task).sequence))
        let late = pool.progress(task, items: 1)
        pool.take(pool.failure(of: pool.browser(of: task)))
        expect(pool, on: late, becomes: .refused(.stale, subject: late.obligation.sequence))
    }

    @Test("keeps its lane taken until its stopped run has stopped")
    func stoppingLane() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1, lanesPerBrowser: 2))
        let first = pool.running()
        let second = pool.running()
        let browser = pool.browser(of: first)
        pool.take(TaskCancelRequested(task: first))
        let third = pool.submit()
        #expect(pool.state.tasks[third].phase == .queued)
        let stop = pool.owed(.stop)
        expect(
            pool, on: RunStopped(obligation: stop, browser: BrowserID(1)),
            becomes: .refused(.stale, subject: stop.sequence))
        pool.take(RunStopped(obligation: stop, browser: browser))
        #expect(pool.state.tasks[third].phase == .granted)
        #expect(pool.state.tasks[second].phase == .running)
    }

    @Test("whose stop hangs costs the browser, and what else runs there is recovered")
    func stopHangs() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1, lanesPerBrowser: 2))
        let first = pool.running()
        let second = pool.running()
        let browser = pool.browser(of: first)
        pool.take(TaskCancelRequested(task: first))
        let stop = pool.owed(.stop)
        pool.wait(milliseconds: 5_000)
        let recovery = RecoveryID(pool.state.position + 4)
        expect(
            pool, on: TimerFired(kind: .stop, subject: stop.sequence, dueAt: pool.now),
            gives: [
                .browserCloseDecided(
                    BrowserCloseDecided(
                        browser: browser, incarnation: IncarnationID(browser.sequence),
                        reason: .runNotStopped,
                        relaunch: true, deadline: pool.now.adding(milliseconds: 10_000))),
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: second), task: second, browser: browser,
                        reason: .browserFailed)),
                .recoveryBegan(
                    RecoveryBegan(
                        task: second, evidence: .scriptHung, strategy: .immediate,
                        deadline: pool.now.adding(milliseconds: 30_000), spare: Spare.none)),
                .rungStarted(RungStarted(recovery: recovery, rung: .failOver, attempt: 1)),
                .taskQueued(TaskQueued(task: second, reason: .recovering)),
            ])
    }

    @Test("is renewed by what is recorded for it: the timer of the old deadline is stale")
    func renewal() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1, leaseMs: 1_000))
        let task = pool.running()
        let old = pool.now.adding(milliseconds: 1_000)
        pool.wait(milliseconds: 900)
        pool.take(pool.progress(task, items: 1))
        pool.wait(milliseconds: 100)
        let subject = pool.allocation(of: task).sequence
        expect(
            pool, on: TimerFired(kind: .lease, subject: subject, dueAt: old),
            becomes: .refused(.stale, subject: subject))
    }
}
