import Testing

@testable import Pool

/// Which backend a task runs on: every change is recorded, with who refused and why (EXEC-4).
@Suite("A backend of a task")
struct BackendDecisionTests {
    private static let single = PoolPolicy(maxConnections: 1)

    private static func spec(
        _ backends: [Backend], of runtime: [Backend] = Backend.allCases, strict: Bool = false
    ) -> TaskSpec {
        .test {
            $0.backends = backends
            $0.runtimeBackends = runtime
            $0.strictBackend = strict
        }
    }

    private func launched(
        _ pool: PoolScenario, refusing: [Backend: String], on browser: BrowserID? = nil
    ) -> BrowserLaunched {
        let browser = browser ?? pool.state.browsers.ids[0]
        var launched = pool.launched(browser)
        launched.facts.backends = Backend.allCases.map { backend in
            BackendSupport(
                backend: backend, refusal: refusing[backend].map { _ in .browserRefuses },
                reason: refusing[backend] ?? "")
        }
        return launched
    }

    @Test("that the browser refuses is followed by the next of the list, in the browser's own words")
    func refusedByBrowser() {
        var pool = PoolScenario(Self.single)
        let task = pool.submit(Self.spec([.webnn, .cpu]))
        let launch = launched(pool, refusing: [.webnn: "NotSupportedError: no"])
        let events = pool.take(launch).map(\.payload)
        #expect(
            events[1]
                == .backendRefused(
                    BackendRefused(
                        task: task, backend: .webnn, reason: "NotSupportedError: no",
                        refusal: .browserRefuses, browser: launch.browser)))
        #expect(
            events[2] == .taskQueued(TaskQueued(task: task, reason: .backendChanged, backend: .cpu)))
        guard case .taskGranted = events[3], case .runAssigned(let assigned) = events[4] else {
            Issue.record("it is not granted: \(events)")
            return
        }
        #expect(assigned.backend == .cpu)
    }

    @Test("is not refused while a browser that offers it may still come")
    func waitsForOthers() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 2))
        let task = pool.submit(Self.spec([.webgpu, .cpu]))
        let first = pool.state.browsers.ids[0]
        let events = pool.take(launched(pool, refusing: [.webgpu: "null"]))
        #expect(
            events.map(\.payload.name.description) == [
                "browser_launched", "pool_scaled", "browser_launch_decided",
            ])
        #expect(pool.state.tasks[task].backend == .webgpu)
        let second = pool.state.browsers.ids.first { $0 != first } ?? first
        pool.take(launched(pool, refusing: [:], on: second))
        #expect(pool.browser(of: task) == second)
    }

    @Test("that no browser offers fails the task that allows no other")
    func strict() {
        var pool = PoolScenario(Self.single)
        let task = pool.submit(Self.spec([.webnn, .cpu], strict: true))
        let launch = launched(pool, refusing: [.webnn: "no"])
        expect(
            pool, on: launch,
            gives: [
                .backendRefused(
                    BackendRefused(
                        task: task, backend: .webnn, reason: "no", refusal: .browserRefuses,
                        browser: launch.browser)),
                .taskFailed(
                    TaskFailed(
                        task: task, failure: .backendUnsupported,
                        detail: "webnn was refused: no; strict_backend allows no other")),
            ])
    }

    @Test("that the runtime lacks fails the task that allows no other at once")
    func strictRuntime() {
        let pool = PoolScenario(Self.single)
        let task = TaskID(pool.state.position + 1)
        expect(
            pool, on: TaskSubmitted(spec: Self.spec([.webnn, .cpu], of: [.webgpu, .cpu], strict: true)),
            gives: [
                .backendRefused(
                    BackendRefused(
                        task: task, backend: .webnn, reason: "the model's runtime cannot run it there",
                        refusal: .runtimeLacksIt)),
                .taskFailed(
                    TaskFailed(
                        task: task, failure: .backendUnsupported,
                        detail: "none of its backends can be used: webnn, cpu; strict_backend allows no other"
                    )),
            ])
    }

    @Test("that a run refuses is followed by the next, from the last recorded item, on the same browser")
    func refusedByRun() {
        var pool = PoolScenario(Self.single)
        let task = pool.running(Self.spec([.webgpu, .cpu]))
        pool.take(pool.progress(task, items: 4))
        let (browser, run) = (pool.browser(of: task), pool.run(of: task))
        let failed = RunFailed(
            obligation: run, allocation: pool.allocation(of: task), failure: .backendUnsupported,
            detail: "no node", refusal: .noComputeNode)
        let events = pool.take(failed).map(\.payload)
        #expect(
            events[2]
                == .backendRefused(
                    BackendRefused(
                        task: task, backend: .webgpu, reason: "no node", refusal: .noComputeNode,
                        browser: browser)))
        #expect(
            events[3]
                == .taskQueued(
                    TaskQueued(task: task, reason: .backendChanged, itemsDone: 4, backend: .cpu)))
        guard case .runAssigned(let assigned) = events.last else {
            Issue.record("it is not assigned: \(events)")
            return
        }
        #expect(assigned.firstItem == 4 && assigned.backend == .cpu && assigned.browser == browser)
    }

    @Test(
        "that a run refuses after its last item was recorded changes nothing: the task has succeeded (CORE-7)"
    )
    func refusedAtTheEnd() {
        var pool = PoolScenario(Self.single)
        let task = pool.running(Self.spec([.webgpu, .cpu]))
        let total = pool.state.tasks[task].spec.itemsTotal
        pool.take(pool.progress(task, items: total))
        let failed = RunFailed(
            obligation: pool.run(of: task), allocation: pool.allocation(of: task),
            failure: .backendUnsupported, detail: "no node", refusal: .noComputeNode)
        let last = pool.take(failed).last?.payload
        #expect(last == .taskSucceeded(TaskSucceeded(task: task, itemsDone: total)))
    }

    @Test("that was the last fails the task")
    func lastRefused() {
        var pool = PoolScenario(Self.single)
        let task = pool.running(Self.spec([.webgpu, .webgpu]))
        let failed = RunFailed(
            obligation: pool.run(of: task), allocation: pool.allocation(of: task),
            failure: .backendUnsupported, detail: "no kernel")
        let last = pool.take(failed).last?.payload
        #expect(
            last
                == .taskFailed(
                    TaskFailed(
                        task: task, failure: .backendUnsupported, detail: "webgpu was refused: no kernel")))
    }

    @Test("of a log that has no probe is webgpu with an adapter, and cpu always")
    func firstRevision() {
        #expect(BrowserFacts(adapter: Adapter()).support.map(\.refusal) == [nil, nil])
        #expect(BrowserFacts().support.map(\.refusal) == [.noAdapter, nil])
        #expect(BrowserFacts(adapter: Adapter()).support.support(of: .webnn).refusal == .browserRefuses)
    }
}
