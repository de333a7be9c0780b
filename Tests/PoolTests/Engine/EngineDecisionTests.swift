import Testing

@testable import Pool

@Suite("An engine")
struct EngineDecisionTests {
    @Test("that starts voids what the one before owed and decides anew once its policy is known (CORE-9)")
    func restart() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        let browser = pool.browser(of: task)
        let recovery = RecoveryID(pool.state.position + 4)
        let started = EngineStarted(revision: PoolState.decisionRevision)
        expect(
            pool, on: started,
            gives: [
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: browser,
                        reason: .engineRestarted)),
                .browserRetired(BrowserRetired(browser: browser, reason: .engineRestarted)),
                .recoveryBegan(
                    RecoveryBegan(
                        task: task, evidence: .engineRestarted,
                        deadline: pool.now.adding(milliseconds: 30_000))),
                .rungStarted(RungStarted(recovery: recovery, attempt: 1)),
                .taskQueued(TaskQueued(task: task, reason: .recovering)),
            ])
        pool.take(started)
        #expect(pool.state.obligations.isEmpty)
        expect(
            pool, on: PoolConfigured(policy: PoolPolicy(maxConnections: 1)),
            gives: [
                .browserLaunchDecided(
                    BrowserLaunchDecided(reason: .demand, deadline: pool.now.adding(milliseconds: 30_000)))
            ])
    }

    @Test("goes on with a task that keeps its state even where browsers' failures are not recovered")
    func restartWithoutFaultTolerance() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1, enableFaultTolerance: false))
        let task = pool.running()
        pool.take(EngineStarted(revision: PoolState.decisionRevision))
        #expect(Array(pool.state.queue) == [task])
    }

    @Test("launches nothing under the policy of the one before (CORE-5)")
    func overdueTimers() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 4))
        let task = pool.running()
        pool.take(
            RunFailed(
                obligation: pool.run(of: task), allocation: pool.allocation(of: task), failure: .executorFault
            ))
        let due = pool.state.tasks[task].retryAt
        pool.wait(milliseconds: 60_000)
        pool.take(EngineStarted(revision: PoolState.decisionRevision))
        expect(
            pool, on: TimerFired(kind: .retry, subject: task.sequence, dueAt: due),
            gives: [.taskQueued(TaskQueued(task: task, reason: .retry))])
    }

    @Test("that holds tasks suspends them until their owner resumes them")
    func holds() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.submit()
        let browser = pool.state.browsers.ids[0]
        let started = EngineStarted(revision: PoolState.decisionRevision, holdTasks: true)
        expect(
            pool, on: started,
            gives: [
                .browserRetired(BrowserRetired(browser: browser, reason: .engineRestarted)),
                .taskSuspended(TaskSuspended(task: task, reason: .engineRestarted)),
            ])
        pool.take(started)
        pool.take(PoolConfigured(policy: PoolPolicy(maxConnections: 1)))
        expect(
            pool, on: TaskResumeRequested(task: task),
            gives: [
                .taskQueued(TaskQueued(task: task, reason: .resumed)),
                .browserLaunchDecided(
                    BrowserLaunchDecided(reason: .demand, deadline: pool.now.adding(milliseconds: 30_000))),
            ])
    }

    @Test("that stops during a launch closes the browser and suspends the task")
    func stopDuringLaunch() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.submit()
        let browser = pool.state.browsers.ids[0]
        let launched = pool.launched(browser)
        expect(
            pool, on: EngineStopRequested(),
            gives: [
                .browserCloseDecided(
                    BrowserCloseDecided(
                        browser: browser, incarnation: IncarnationID(browser.sequence),
                        reason: .engineStopping,
                        deadline: pool.now.adding(milliseconds: 10_000))),
                .taskSuspended(TaskSuspended(task: task, reason: .engineStopped)),
            ])
        pool.take(EngineStopRequested())
        expect(pool, on: launched, becomes: .refused(.stale, subject: launched.obligation.sequence))
        expect(
            pool, on: pool.closed(browser),
            gives: [.browserRetired(BrowserRetired(browser: browser, reason: .closed))])
    }

    @Test("that stops during a close lets the browser go instead of launching it anew")
    func stopDuringClose() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running(.test { $0.statePersistence = false })
        let browser = pool.browser(of: task)
        pool.take(pool.failure(of: browser, processEnded: false))
        let recovery = pool.state.recoveries.ids[0]
        expect(
            pool, on: EngineStopRequested(),
            gives: [
                .recoveryRolledBack(
                    RecoveryRolledBack(recovery: recovery, task: task, reason: .engineStopped)),
                .taskFailed(
                    TaskFailed(
                        task: task, failure: .stateNotPersisted,
                        detail: "the engine that ran the task was stopped")),
            ])
        pool.take(EngineStopRequested())
        expect(
            pool, on: pool.closed(browser),
            gives: [.browserRetired(BrowserRetired(browser: browser, reason: .closed))])
    }

    @Test("that stops ends a task with all its results as succeeded")
    func stopWithResults() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running(.test { $0.statePersistence = false })
        pool.take(pool.progress(task, items: 10))
        let payloads = pool.take(EngineStopRequested()).map(\.payload)
        #expect(payloads.last == .taskSucceeded(TaskSucceeded(task: task, itemsDone: 10)))
    }

    @Test("that gets a policy with more lanes grants them at once")
    func moreLanes() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        _ = pool.running()
        let waiting = pool.submit()
        pool.take(PoolConfigured(policy: PoolPolicy(maxConnections: 1, lanesPerBrowser: 2)))
        #expect(pool.state.tasks[waiting].phase == .granted)
    }

    @Test("takes a timer that is not set, or not due, for stale")
    func staleTimers() {
        var pool = PoolScenario()
        let task = pool.submit(.test { $0.deadlineMs = 1_000 })
        let due = pool.now.adding(milliseconds: 1_000)
        expect(
            pool, on: TimerFired(kind: .taskDeadline, subject: task.sequence, dueAt: due),
            becomes: .refused(.stale, subject: task.sequence))
        expect(
            pool, on: TimerFired(kind: .taskDeadline, subject: 99, dueAt: pool.now),
            becomes: .refused(.stale, subject: 99))
    }

    @Test("records where events leave the log, and folds it into the state")
    func retentionPoint() {
        var pool = PoolScenario()
        let task = pool.running()
        let before = pool.state
        let point = RetentionPointSet(position: 2, archive: "1-2", chain: .zero)
        #expect(pool.take(point).map(\.payload) == [.retentionPointSet(point)])
        #expect(pool.state.retentionPoint == 2)
        #expect(pool.state.tasks == before.tasks && pool.state.obligations == before.obligations)
        // Whoever set it may have ended before the events were moved.
        #expect(pool.take(point).count == 1)
        #expect(pool.take(RetentionPointSet(position: pool.state.position)).count == 1)
        #expect(pool.state.tasks.contains(task))
    }

    @Test(
        "refuses to let go of events that are not there, or of fewer than before",
        arguments: [0, 2, 99] as [UInt64])
    func impossibleRetentionPoint(position: UInt64) {
        var pool = PoolScenario()
        _ = pool.running()
        pool.take(RetentionPointSet(position: 3))
        let last = pool.state.position
        let outcome = pool.state.decide(RetentionPointSet(position: position).payload, at: pool.now)
        #expect(outcome == .rejected(.retentionPoint(position, former: 3, last: last)))
        let event = Event(
            sequence: last + 1, at: pool.now, cause: 0,
            payload: RetentionPointSet(position: position).payload)
        #expect(throws: ImpossibleEvent.self) { try pool.state.check(event) }
    }
}
