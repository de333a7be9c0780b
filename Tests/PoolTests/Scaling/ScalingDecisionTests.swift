import Testing

@testable import Pool

@Suite("Scaling")
struct ScalingDecisionTests {
    private static func policy(_ change: (inout PoolPolicy) -> Void = { _ in }) -> PoolPolicy {
        var policy = PoolPolicy(maxConnections: 4, idleTimeoutMs: 600_000, breaker: nil, heartbeat: nil)
        change(&policy)
        return policy
    }

    /// A pool with one browser, where a launch was measured to take 1 s and an item 10 ms.
    private static func measured(_ change: (inout PoolPolicy) -> Void = { _ in }) -> PoolScenario {
        var pool = PoolScenario(policy(change))
        let task = pool.submit()
        pool.wait(milliseconds: 1_000)
        pool.launch()
        pool.begin(task)
        pool.wait(milliseconds: 100)
        complete(task, in: &pool)
        return pool
    }

    @discardableResult
    private static func complete(_ task: TaskID, in pool: inout PoolScenario) -> [Event] {
        pool.take(pool.progress(task, items: pool.state.tasks[task].itemsLeft))
        return pool.take(pool.completion(task))
    }

    private static func scaled(_ events: [Event]) -> [PoolScaled] {
        events.compactMap { if case .poolScaled(let scaled) = $0.payload { scaled } else { nil } }
    }

    /// Looks at the load until a time has passed, and gives what was decided.
    private static func look(_ pool: inout PoolScenario, ms: UInt64) -> [PoolScaled] {
        let end = pool.now.adding(milliseconds: ms)
        var decided: [PoolScaled] = []
        while let timer = pool.state.timers.earliest(of: .scale), timer.dueAt <= end {
            pool.wait(milliseconds: timer.dueAt.nanoseconds(since: pool.now) / 1_000_000)
            decided += scaled(pool.take(TimerFired(kind: .scale, subject: 0, dueAt: timer.dueAt)))
        }
        pool.wait(milliseconds: end.nanoseconds(since: pool.now) / 1_000_000)
        return decided
    }

    @Test("a first task gets a browser at once, and each further one where nothing was measured")
    func unmeasured() {
        var pool = PoolScenario(Self.policy())
        let deadline = pool.now.adding(milliseconds: 30_000)
        let first = pool.take(TaskSubmitted(spec: .test()))
        #expect(
            first.map(\.payload.name.description) == [
                "task_submitted", "task_queued", "browser_launch_decided",
            ])
        let next = pool.state.position + 1
        expect(
            pool, on: TaskSubmitted(spec: .test()),
            gives: [
                .taskQueued(TaskQueued(task: TaskID(next), reason: .submitted)),
                .poolScaled(
                    PoolScaled(
                        reason: .queue, targetBefore: 1, targetAfter: 2, browsers: 1, demand: 2, waiting: 2,
                        stableArrivals: 2, panicArrivals: 2)),
                .browserLaunchDecided(BrowserLaunchDecided(reason: .demand, deadline: deadline)),
            ])
    }

    @Test("a queue that is done before a launch ends waits, and a longer one gets what does it in that time")
    func shortQueue() {
        var pool = Self.measured()
        _ = pool.running()
        // 100 ms run, and each task that waits takes as much: 900 ms are less than a launch.
        for _ in 0..<8 {
            #expect(Self.scaled(pool.take(TaskSubmitted(spec: .test()))).isEmpty)
        }
        #expect(pool.state.browsers.count == 1)
        // 1,900 ms with this one: two browsers do it within a second.
        let scaled = Self.scaled(pool.take(TaskSubmitted(spec: .test(items: 100))))
        #expect(scaled.map(\.reason) == [.queue] && scaled.map(\.targetAfter) == [2])
        #expect(scaled.first?.workLanes == 2 && scaled.first?.launchUs == 1_000_000)
        #expect(scaled.first?.waiting == 9 && pool.state.browsers.count == 2)
    }

    @Test("a task that no browser there can take gets one, however short it is")
    func unserved() {
        var pool = Self.measured()
        _ = pool.running()
        let scaled = Self.scaled(
            pool.take(TaskSubmitted(spec: .test(items: 1) { $0.requiredFeatures = ["shader-f16"] })))
        #expect(scaled.map(\.reason) == [.queue] && scaled.map(\.targetAfter) == [2])
    }

    @Test("a burst enlarges the pool whatever was measured, and nothing reduces it for a stable window")
    func panic() {
        var pool = Self.measured()
        let running = pool.running()
        var waiting = [running]
        for _ in 0..<4 { waiting.append(pool.submit()) }
        var raised: [PoolScaled] = []
        let start = pool.now
        while raised.isEmpty, pool.now < start.adding(milliseconds: 8_000) {
            raised = Self.look(&pool, ms: 100)
        }
        #expect(raised.map(\.reason) == [.panic] && raised.map(\.targetAfter) == [4])
        #expect(raised.first.map { $0.panicDemandMilli >= 2_000 } ?? false)
        let panickedAt = pool.state.scaling?.panickedAt ?? .zero
        // The burst ends at once, so that its last bucket leaves the stable window a little before that is over.
        for task in waiting { Self.end(task, in: &pool) }
        while pool.state.obligations.entities.contains(where: { $0.kind == .launch }) { pool.launch() }
        let calm = panickedAt.adding(milliseconds: 60_000).nanoseconds(since: pool.now) / 1_000_000
        #expect(Self.look(&pool, ms: calm - 1).isEmpty)
        // Whatever comes has the load looked at.
        let late = pool.take(TaskSubmitted(spec: .test()))
        #expect(Self.scaled(late).isEmpty)
        Self.end(TaskID(late[0].sequence), in: &pool)
        let reduced = Self.look(&pool, ms: 130_000)
        #expect(reduced.map(\.reason) == [.stable, .stable, .stable])
        #expect(reduced.map(\.targetAfter) == [3, 2, 1])
        #expect((pool.state.scaling?.scaledAt ?? .zero) >= panickedAt.adding(milliseconds: 120_000))
        #expect(pool.state.timers.earliest(of: .scale) == nil)
    }

    private static func end(_ task: TaskID, in pool: inout PoolScenario) {
        pool.take(TaskCancelRequested(task: task))
    }

    @Test("the pool is reduced one browser at a time after the cooldown, and only an idle browser goes")
    func reduction() {
        var pool = PoolScenario(Self.policy())
        let tasks = (0..<3).map { _ in pool.submit() }
        for _ in 0..<3 { pool.launch() }
        for task in tasks { pool.begin(task) }
        #expect(Self.look(&pool, ms: 20_000).isEmpty && pool.state.target == 3)
        for task in tasks.dropLast() { Self.complete(task, in: &pool) }
        // The mean of the minute is still that of three.
        let busy = pool.browser(of: tasks[2])
        let first = Self.look(&pool, ms: 70_000)
        #expect(first.map(\.targetAfter) == [2, 1] || first.map(\.targetAfter) == [2])
        _ = Self.look(&pool, ms: 60_000)
        #expect(pool.state.target == 1)
        #expect(pool.state.browsers.entities.filter(\.isUsable).map(\.id) == [busy])
        let closing = pool.state.browsers.entities.filter { $0.phase == .closing }
        #expect(closing.count == 2)
    }

    @Test("what deviates by no more than the tolerance changes nothing")
    func tolerance() {
        for (percent, expected) in [(UInt32(30), 2), (10, 1)] as [(UInt32, Int)] {
            var pool = Self.measured {
                $0.lanesPerBrowser = 4
                $0.scaling?.tolerancePercent = percent
                $0.scaling?.panicPercent = 1_000
            }
            // Five tasks of 10 ms on four lanes: 125 %.
            for _ in 0..<5 { _ = pool.submit(.test(items: 1)) }
            _ = Self.look(&pool, ms: 300_000)
            #expect(pool.state.target == (expected == 1 ? 2 : 1), "\(percent) %")
        }
    }

    @Test("arrivals that rise enlarge the pool before anything waits")
    func forecast() {
        var pool = Self.measured { $0.scaling?.panicPercent = 1_000 }
        // One task a second that takes 900 ms, for a minute; then three a second that take 300 ms.
        var decided: [PoolScaled] = []
        for tick in 0..<240 {
            let (every, ms): (Int, UInt64) = tick < 180 ? (3, 900) : (1, 300)
            guard tick.isMultiple(of: every) else { continue }
            let events = pool.take(TaskSubmitted(spec: .test()))
            decided += Self.scaled(events)
            let task = TaskID(events[0].sequence)
            pool.begin(task)
            pool.wait(milliseconds: ms)
            decided += Self.scaled(Self.complete(task, in: &pool))
            pool.wait(milliseconds: UInt64(every) * 333 - ms + 1)
        }
        #expect(decided.first?.reason == .forecast)
        let first = decided.first ?? PoolScaled()
        #expect(first.targetAfter == 2 && first.forecastMilli > 1_100 && first.waiting == 0)
    }

    @Test("no browser is added above the memory limit, and above it an idle one goes")
    func memory() {
        var pool = Self.measured { $0.scaling?.memoryLimitBytes = 500 << 20 }
        let first = pool.state.browsers.ids[0]
        func sample(_ browser: BrowserID, _ megabytes: UInt64) -> MetricsSampled {
            MetricsSampled(
                browser: browser, incarnation: pool.state.browsers[browser].incarnation,
                browserBytes: megabytes << 20)
        }
        pool.take(sample(first, 300))
        _ = pool.running(.test(items: 1_000))
        #expect(Self.scaled(pool.take(TaskSubmitted(spec: .test(items: 1_000)))).isEmpty)
        #expect(pool.state.browsers.count == 1 && pool.state.memory.room == 0)
        pool.take(sample(first, 100))
        let raised = Self.scaled(pool.take(TaskSubmitted(spec: .test(items: 1_000))))
        #expect(raised.map(\.targetAfter) == [3])
        let fields = [raised[0].memoryBytes, raised[0].memoryLimitBytes, raised[0].browserMemoryBytes]
        #expect(fields == [100 << 20, 500 << 20, 100 << 20])
        pool.launch()
        pool.launch()
        for task in pool.state.tasks.ids.dropFirst() { pool.take(TaskCancelRequested(task: task)) }
        for browser in pool.state.browsers.ids where browser != first {
            for stop in pool.state.browsers[browser].stops {
                pool.take(RunStopped(obligation: stop, browser: browser))
            }
        }
        let events = pool.take(sample(first, 600))
        #expect(
            Self.scaled(events).map(\.reason) == [.memory] && Self.scaled(events).map(\.targetAfter) == [2])
        #expect(pool.state.browsers.entities.count { $0.phase == .closing } == 1)
        // One at a time.
        #expect(Self.scaled(pool.take(sample(first, 600))).isEmpty)
    }

    @Test("without a scaling policy every task that waits gets a browser, and none is given a reason")
    func former() {
        var pool = Self.measured { $0.scaling = nil }
        _ = pool.running()
        let events = pool.take(TaskSubmitted(spec: .test(items: 1)))
        #expect(events.last?.payload.name.description == "browser_launch_decided")
        #expect(Self.scaled(events).isEmpty && pool.state.scaling == nil)
    }
}

extension TimerTable {
    fileprivate func earliest(of kind: TimerKind) -> TimerState? { timers.first { $0.kind == kind } }
}
