import Testing

@testable import Pool

@Suite("A task")
struct TaskDecisionTests {
    @Test("is queued and a browser launched for it")
    func submitted() {
        let pool = PoolScenario()
        let task = TaskID(pool.state.position + 1)
        expect(
            pool, on: TaskSubmitted(spec: .test()),
            gives: [
                .taskQueued(TaskQueued(task: task, reason: .submitted)),
                .browserLaunchDecided(
                    BrowserLaunchDecided(reason: .demand, deadline: pool.now.adding(milliseconds: 30_000))),
            ])
    }

    @Test("goes to the backend that can run it, and the ones before it are refused by name")
    func backendRefused() {
        let pool = PoolScenario()
        let task = TaskID(pool.state.position + 1)
        let reason = "this version runs models on webgpu only"
        expect(
            pool, on: TaskSubmitted(spec: .test { $0.backends = [.webnn, .webgpu] }),
            gives: [
                .backendRefused(refused(task, .webnn, reason)),
                .taskQueued(TaskQueued(task: task, reason: .submitted)),
                .browserLaunchDecided(
                    BrowserLaunchDecided(reason: .demand, deadline: pool.now.adding(milliseconds: 30_000))),
            ])
    }

    @Test("goes to the first backend that its runtime has, which need not be webgpu")
    func runtimeBackends() {
        let pool = PoolScenario()
        let task = TaskID(pool.state.position + 1)
        let reason = "the model's runtime cannot run it there"
        expect(
            pool,
            on: TaskSubmitted(
                spec: .test {
                    $0.backends = [.webnn, .cpu, .webgpu]
                    $0.runtimeBackends = [.webgpu, .cpu]
                }),
            gives: [
                .backendRefused(refused(task, .webnn, reason)),
                .taskQueued(TaskQueued(task: task, reason: .submitted, backend: .cpu)),
                .browserLaunchDecided(
                    BrowserLaunchDecided(reason: .demand, deadline: pool.now.adding(milliseconds: 30_000))),
            ])
    }

    @Test("that no backend can run fails at once")
    func noBackend() {
        let pool = PoolScenario()
        let task = TaskID(pool.state.position + 1)
        let reason = "this version runs models on webgpu only"
        expect(
            pool, on: TaskSubmitted(spec: .test { $0.backends = [.cpu] }),
            gives: [
                .backendRefused(refused(task, .cpu, reason)),
                .taskFailed(
                    TaskFailed(
                        task: task, failure: .backendUnsupported,
                        detail: "none of its backends can be used: cpu")),
            ])
    }

    @Test("is rejected by a full pool, and by one that stops")
    func rejected() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1, maxQueued: 1))
        let task = pool.submit()
        expect(pool, on: TaskSubmitted(spec: .test()), becomes: .rejected(.queueFull(limit: 1)))
        expect(pool, on: TaskResumeRequested(task: task), becomes: .rejected(.notSuspended(task)))
        pool.take(EngineStopRequested())
        expect(pool, on: TaskSubmitted(spec: .test()), becomes: .rejected(.stopping))
        expect(pool, on: TaskResumeRequested(task: task), becomes: .rejected(.stopping))
        expect(pool, on: TaskCancelRequested(task: TaskID(1)), becomes: .rejected(.unknownTask(TaskID(1))))
    }

    @Test("that its owner cancels while it runs is stopped, released and ended")
    func cancelledRunning() {
        var pool = PoolScenario()
        let task = pool.running()
        expect(
            pool, on: TaskCancelRequested(task: task),
            gives: [
                .runStopDecided(
                    RunStopDecided(
                        run: pool.run(of: task), browser: pool.browser(of: task),
                        deadline: pool.now.adding(milliseconds: 5_000))),
                .allocationReleased(
                    AllocationReleased(
                        allocation: pool.allocation(of: task), task: task, browser: pool.browser(of: task),
                        reason: .cancelled)),
                .taskCancelled(TaskCancelled(task: task)),
            ])
    }

    @Test("times out while it is suspended")
    func timesOutSuspended() {
        var pool = PoolScenario()
        let task = pool.submit(.test { $0.deadlineMs = 1_000 })
        pool.take(EngineStopRequested())
        let due = pool.now.adding(milliseconds: 1_000)
        pool.wait(milliseconds: 1_000)
        expect(
            pool, on: TimerFired(kind: .taskDeadline, subject: task.sequence, dueAt: due),
            gives: [.taskTimedOut(TaskTimedOut(task: task))])
    }

    @Test("times out during its backoff, and its retry is forgotten")
    func timesOutBackingOff() {
        var pool = PoolScenario(
            PoolPolicy(maxConnections: 1, retry: RetryPolicy(baseMs: 5_000, maxMs: 5_000)))
        let task = pool.running(.test { $0.deadlineMs = 1_000 })
        pool.take(
            RunFailed(
                obligation: pool.run(of: task), allocation: pool.allocation(of: task), failure: .executorFault
            ))
        #expect(pool.state.tasks[task].retryAt == pool.now.adding(milliseconds: 5_000))
        pool.fireEarliest(.taskDeadline)
        #expect(pool.state.tasks.isEmpty)
        #expect(!pool.state.timers.timers.contains { $0.kind == .retry || $0.kind == .taskDeadline })
    }

    @Test("of higher priority is granted first, and of equal priority the older one")
    func priorities() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let low = pool.submit()
        let high = pool.submit(.test { $0.priority = 2 })
        let later = pool.submit(.test { $0.priority = 2 })
        #expect(Array(pool.state.queue) == [high, later, low])
        pool.launch()
        #expect(pool.state.tasks[high].phase == .granted)
        #expect(Array(pool.state.queue) == [later, low])
    }
}

private func refused(_ task: TaskID, _ backend: Backend, _ reason: String) -> BackendRefused {
    BackendRefused(task: task, backend: backend, reason: reason, refusal: .runtimeLacksIt)
}
