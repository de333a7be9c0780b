import Testing

@testable import Pool

@Suite("Pre-emption and aging")
struct PreemptionTests {
    private static func policy(gap: UInt32, agingMs: UInt64 = 30_000) -> PoolPolicy {
        var policy = PoolPolicy(maxConnections: 1, heartbeat: nil)
        policy.preemptionGap = gap
        policy.agingMs = agingMs
        return policy
    }

    @Test(
        "a task of much higher priority takes the lane between two items, and the other one goes on after it")
    func takesLane() throws {
        var scenario = PoolScenario(Self.policy(gap: 2))
        let low = scenario.running()
        scenario.take(scenario.progress(low, items: 4))
        let (run, allocation) = (scenario.run(of: low), scenario.allocation(of: low))
        let browser = scenario.browser(of: low)
        let position = scenario.state.position
        let events = scenario.take(TaskSubmitted(spec: .test { $0.priority = 2 }))
        let high = TaskID(position + 1)
        #expect(
            events.dropFirst(2).map(\.payload) == [
                RunStopDecided(
                    run: run, browser: browser,
                    deadline: scenario.now.adding(milliseconds: scenario.state.policy.stopDeadlineMs)
                ).payload,
                AllocationReleased(allocation: allocation, task: low, browser: browser, reason: .preempted)
                    .payload,
                TaskQueued(task: low, reason: .preempted, itemsDone: 4, backend: .webgpu).payload,
            ])
        #expect(events.dropFirst(2).allSatisfy { $0.cause == events[1].sequence })
        scenario.take(RunStopped(obligation: scenario.owed(.stop), browser: browser))
        #expect(scenario.browser(of: high) == browser)
        scenario.begin(high)
        scenario.take(scenario.progress(high, items: 10))
        scenario.take(scenario.completion(high))
        scenario.begin(low)
        #expect(scenario.state.tasks[low].itemsDone == 4)
        scenario.take(scenario.progress(low, items: 6))
        scenario.take(scenario.completion(low))
        #expect(scenario.state.tasks.isEmpty)
    }

    @Test("none gives way without the gap, to its like, or while another stops")
    func staysOtherwise() {
        for (gap, priority) in [(0, 9), (3, 2), (1, 0)] as [(UInt32, UInt32)] {
            var scenario = PoolScenario(Self.policy(gap: gap))
            let low = scenario.running()
            _ = scenario.submit(.test { $0.priority = priority })
            #expect(scenario.state.tasks[low].allocation != nil)
        }
        var scenario = PoolScenario(Self.policy(gap: 1))
        _ = scenario.running()
        _ = scenario.submit(.test { $0.priority = 5 })
        let stops = scenario.state.obligations.count { $0.pointee.kind == .stop }
        _ = scenario.submit(.test { $0.priority = 6 })
        #expect(scenario.state.obligations.count { $0.pointee.kind == .stop } == stops)
    }

    @Test("a task that has every result is not queued again")
    func hasEveryResult() {
        var scenario = PoolScenario(Self.policy(gap: 1))
        let low = scenario.running()
        scenario.take(scenario.progress(low, items: 10))
        _ = scenario.submit(.test { $0.priority = 5 })
        #expect(!scenario.state.tasks.contains(low))
    }

    @Test("no stream of higher priority keeps a task waiting for more than the bound")
    func starvationBound() {
        for agingMs in [1_000, 7_000] as [UInt64] {
            var scenario = PoolScenario(Self.policy(gap: 0, agingMs: agingMs))
            var running = scenario.running()
            let low = scenario.submit()
            let submittedAt = scenario.now
            var waitedMs: UInt64 = 0
            while scenario.state.tasks.find(low)?.allocation == nil, waitedMs < 100_000 {
                // Another one of priority 3 comes before each end.
                let next = scenario.submit(.test { $0.priority = 3 })
                scenario.wait(milliseconds: 100)
                scenario.take(scenario.progress(running, items: 10))
                scenario.take(scenario.completion(running))
                running = scenario.state.tasks[low].allocation == nil ? next : low
                if running == next { #expect(scenario.state.tasks[next].allocation != nil) }
                scenario.begin(running)
                waitedMs = scenario.now.nanoseconds(since: submittedAt) / 1_000_000
            }
            // Those submitted within three levels of aging come first, and each keeps the one browser for 100 ms.
            #expect((3 * agingMs...3 * agingMs + 200).contains(waitedMs), "\(waitedMs) ms")
        }
    }

    @Test("without aging the priority alone decides, and a new policy orders those who wait anew")
    func policyChanges() {
        var scenario = PoolScenario(Self.policy(gap: 0, agingMs: 0))
        _ = scenario.running()
        let low = scenario.submit()
        scenario.wait(milliseconds: 60_000)
        let high = scenario.submit(.test { $0.priority = 1 })
        #expect(Array(scenario.state.queue) == [high, low])
        scenario.take(PoolConfigured(policy: Self.policy(gap: 0, agingMs: 30_000)))
        #expect(Array(scenario.state.queue) == [low, high])
    }
}
