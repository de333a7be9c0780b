import Testing

@testable import Pool

@Suite("Predicted failures")
struct PredictionDecisionTests {
    private static func policy(_ prediction: PredictionPolicy, browsers: UInt32 = 2) -> PoolPolicy {
        var policy = PoolPolicy(maxConnections: browsers, warmBrowsers: browsers, breaker: nil)
        policy.heartbeat?.intervalMs = 1_000
        policy.prediction = prediction
        return policy
    }

    private static func pool(_ prediction: PredictionPolicy, browsers: UInt32 = 2) -> PoolScenario {
        var pool = PoolScenario(policy(prediction, browsers: browsers))
        for _ in 0..<browsers { pool.launch() }
        return pool
    }

    @discardableResult
    private static func beat(
        _ pool: inout PoolScenario, _ browser: BrowserID, canaryMs: Double = 2, after ms: UInt64 = 1_000
    ) -> [Event] {
        pool.wait(milliseconds: ms)
        return pool.take(
            BrowserHeartbeat(
                browser: browser, incarnation: pool.state.browsers[browser].incarnation, answerMs: 5,
                canaryMs: canaryMs, memoryBytes: 300 << 20))
    }

    /// Browsers fail after their canary got slow, and others stay well, until the model knows.
    private static func teach(_ pool: inout PoolScenario, _ browser: BrowserID) {
        for _ in 0..<8 {
            for _ in 0..<20 { beat(&pool, browser) }
            for slow in 1...8 { beat(&pool, browser, canaryMs: 2 + Double(slow) * 4) }
            let incarnation = pool.state.browsers[browser].incarnation
            pool.take(
                BrowserFailed(
                    browser: browser, incarnation: incarnation, evidence: .processExited, processEnded: true))
            pool.launch()
        }
    }

    private static func predicted(_ events: [Event]) -> [FailurePredicted] {
        events.compactMap { if case .failurePredicted(let predicted) = $0.payload { predicted } else { nil } }
    }

    @Test("a model that has seen failures predicts the next one from the same sign, and recycles the browser")
    func predicts() throws {
        var prediction = PredictionPolicy(observesOnly: true, horizonMs: 8_000)
        var pool = Self.pool(prediction)
        let browser = pool.state.browsers.ids[0]
        Self.teach(&pool, browser)
        prediction.observesOnly = false
        pool.take(PoolConfigured(policy: Self.policy(prediction)))
        let model = try #require(pool.state.risk)
        #expect(model.failures == 8 && model.isReady)
        for _ in 0..<20 { #expect(Self.predicted(Self.beat(&pool, browser)).isEmpty) }
        var found: [Event] = []
        var canaryMs = 2.0
        while Self.predicted(found).isEmpty, canaryMs < 40 {
            canaryMs += 4
            found = Self.beat(&pool, browser, canaryMs: canaryMs)
        }
        let predicted = try #require(Self.predicted(found).first)
        #expect(predicted.rule == .model)
        #expect(predicted.browser == browser)
        #expect(predicted.riskMilli >= 300)
        #expect(predicted.levels.canaryMilli > 0 && predicted.levels.memoryMilli == 0)
        #expect(predicted.weights == pool.state.risk?.weights)
        let expected: [EventPayload] = [
            .browserRecycleDecided(
                BrowserRecycleDecided(
                    browser: browser, reason: .predicted,
                    ageMs: pool.now.nanoseconds(since: pool.state.browsers[browser].launchedAt) / 1_000_000,
                    memoryBytes: 0))
        ]
        #expect(found.dropFirst(2).prefix(1).map(\.payload) == expected)
        #expect(pool.state.browsers[browser].phase == .closing)
    }

    @Test("work leaves as soon as its next results are recorded, and nothing of it is run again (CORE-7)")
    func movesBetweenItems() throws {
        var pool = Self.pool(PredictionPolicy(rule: .phi, phiMilli: 2_000))
        let task = pool.running()
        let browser = pool.browser(of: task)
        for _ in 0..<10 { Self.beat(&pool, browser) }
        let found = Self.beat(&pool, browser, after: 1_900)
        #expect(Self.predicted(found).map(\.rule) == [.phi])
        #expect(pool.browser(of: task) == browser)
        let events = pool.take(pool.progress(task, items: 4))
        #expect(
            events.map(\.payload.name.description) == [
                "run_progressed", "run_stop_decided", "allocation_released", "task_queued", "task_granted",
                "run_assigned",
            ])
        #expect(pool.state.tasks[task].itemsDone == 4)
        #expect(pool.browser(of: task) != browser)
        guard case .allocationReleased(let released) = events[2].payload,
            case .taskQueued(let queued) = events[3].payload, case .runAssigned(let run) = events[5].payload
        else {
            Issue.record("\(events)")
            return
        }
        #expect(released.reason == .failurePredicted)
        #expect(queued.reason == .failurePredicted)
        #expect(run.firstItem == 4)
    }

    @Test("work stays where no other browser has room, and ends there before the browser is started anew")
    func staysWithoutRoom() {
        var pool = Self.pool(PredictionPolicy(rule: .phi, phiMilli: 2_000), browsers: 1)
        let task = pool.running()
        let browser = pool.browser(of: task)
        for _ in 0..<10 { Self.beat(&pool, browser) }
        #expect(Self.predicted(Self.beat(&pool, browser, after: 1_900)).count == 1)
        #expect(pool.take(pool.progress(task, items: 4)).count == 1)
        pool.take(pool.progress(task, items: 6))
        pool.take(pool.completion(task))
        #expect(pool.state.browsers[browser].phase == .closing)
    }

    @Test("work leaves a silent browser at once")
    func leavesSilence() {
        var pool = Self.pool(PredictionPolicy(rule: .phi, phiMilli: 3_000))
        let task = pool.running()
        let browser = pool.browser(of: task)
        for _ in 0..<10 { Self.beat(&pool, browser) }
        pool.fireEarliest(.heartbeat)
        #expect(pool.state.browsers[browser].suspected)
        #expect(pool.browser(of: task) != browser)
        #expect(pool.state.browsers[browser].stops.count == 1)
    }

    @Test("until a model has seen enough failures, it predicts nothing")
    func learnsFirst() {
        var pool = Self.pool(PredictionPolicy(rule: .model, observesOnly: true, phiMilli: 2_000))
        let browser = pool.state.browsers.ids[0]
        for _ in 0..<10 { Self.beat(&pool, browser, canaryMs: 200) }
        #expect(Self.predicted(Self.beat(&pool, browser, after: 1_900)).isEmpty)
    }

    @Test("a policy that only observes records predictions, once each, and withdraws those whose signs pass")
    func observes() {
        var pool = Self.pool(PredictionPolicy(rule: .phi, observesOnly: true, phiMilli: 2_000))
        let task = pool.running()
        let browser = pool.browser(of: task)
        for _ in 0..<10 { Self.beat(&pool, browser) }
        let found = Self.beat(&pool, browser, after: 1_900)
        #expect(found.map(\.payload.name.description) == ["browser_heartbeat", "failure_predicted"])
        #expect(Self.beat(&pool, browser, after: 1_900).count == 1)
        let passed = Self.beat(&pool, browser)
        #expect(
            passed.dropFirst().map(\.payload) == [
                .predictionWithdrawn(PredictionWithdrawn(browser: browser, stoodNs: 2_900_000_000))
            ])
        #expect(pool.browser(of: task) == browser)
        #expect(pool.state.browsers[browser].recycling == nil)
    }

    @Test("one browser at a time is taken out of service")
    func oneAtATime() {
        var pool = Self.pool(PredictionPolicy(rule: .phi, phiMilli: 2_000))
        let browsers = [pool.running(), pool.running()].map { pool.browser(of: $0) }
        for _ in 0..<10 { for browser in browsers { Self.beat(&pool, browser, after: 500) } }
        pool.wait(milliseconds: 900)
        for browser in browsers {
            #expect(Self.predicted(Self.beat(&pool, browser, after: 500)).count == 1)
        }
        #expect(browsers.map { pool.state.browsers[$0].recycling } == [.predicted, nil])
    }

    @Test("without a policy for it nothing is learned, and the state has the bytes that it had")
    func off() {
        var policy = PoolPolicy(maxConnections: 1, warmBrowsers: 1)
        policy.heartbeat?.intervalMs = 1_000
        var pool = PoolScenario(policy)
        let browser = pool.launch()
        for _ in 0..<10 { Self.beat(&pool, browser, canaryMs: 50) }
        #expect(pool.state.browsers[browser].signs == nil)
        #expect(pool.state.risk == nil)
    }

    @Test("signs of a process that is gone are forgotten, and what they came to is learned")
    func forgets() throws {
        var pool = Self.pool(PredictionPolicy(horizonMs: 8_000))
        let browser = pool.state.browsers.ids[0]
        for _ in 0..<30 { Self.beat(&pool, browser) }
        #expect(try #require(pool.state.browsers[browser].signs).examples.count == BrowserSigns.exampleLimit)
        let learned = try #require(pool.state.risk).examples
        pool.take(
            BrowserFailed(
                browser: browser, incarnation: pool.state.browsers[browser].incarnation,
                evidence: .processExited, processEnded: true))
        #expect(pool.state.browsers[browser].signs == nil)
        #expect(pool.state.risk?.failures == 1)
        #expect(pool.state.risk?.examples == learned + UInt64(BrowserSigns.exampleLimit))
    }
}
