import Testing

@testable import Pool

@Suite("Recycling")
struct RecycleDecisionTests {
    private static func policy(_ change: (inout PoolPolicy) -> Void) -> PoolPolicy {
        var policy = PoolPolicy(maxConnections: 2, warmBrowsers: 2)
        change(&policy)
        return policy
    }

    private static func warm(_ change: (inout PoolPolicy) -> Void) -> PoolScenario {
        var scenario = PoolScenario(policy(change))
        scenario.launch()
        scenario.launch()
        return scenario
    }

    private static func sample(_ scenario: PoolScenario, _ browser: BrowserID, bytes: UInt64)
        -> MetricsSampled
    {
        MetricsSampled(
            browser: browser, incarnation: scenario.state.browsers[browser].incarnation, browserBytes: bytes)
    }

    private static func complete(_ task: TaskID, in scenario: inout PoolScenario) -> [Event] {
        scenario.take(scenario.progress(task, items: 10))
        return scenario.take(scenario.completion(task))
    }

    private static func recycled(_ events: [Event]) -> [BrowserRecycleDecided] {
        events.compactMap {
            if case .browserRecycleDecided(let decided) = $0.payload { decided } else { nil }
        }
    }

    @Test("a browser that has completed its runs is closed and launched anew as another process")
    func afterRuns() {
        var scenario = Self.warm { $0.recycleAfterTasks = 2 }
        let first = scenario.running()
        let browser = scenario.browser(of: first)
        #expect(Self.recycled(Self.complete(first, in: &scenario)).isEmpty)
        let second = scenario.running()
        #expect(scenario.browser(of: second) == browser)
        scenario.wait(milliseconds: 500)
        let events = Self.complete(second, in: &scenario)
        #expect(
            Self.recycled(events) == [
                BrowserRecycleDecided(
                    browser: browser, reason: .tasks, ageMs: 500, runsCompleted: 2, memoryBytes: 0)
            ])
        #expect(scenario.state.browsers[browser].phase == .closing)
        let incarnation = scenario.state.browsers[browser].incarnation
        scenario.take(scenario.closed(browser))
        scenario.launch()
        #expect(scenario.state.browsers[browser].isUsable)
        #expect(scenario.state.browsers[browser].incarnation != incarnation)
        #expect(scenario.state.browsers[browser].recycling == nil)
        #expect(scenario.state.browsers[browser].runsCompleted == 0)
    }

    @Test("a browser that uses too much memory finishes its work first and is given nothing more")
    func memory() {
        var scenario = Self.warm { $0.browserMemoryLimitBytes = 1_000 }
        let task = scenario.running()
        let browser = scenario.browser(of: task)
        #expect(scenario.take(Self.sample(scenario, browser, bytes: 1_000)).count == 1)
        let events = scenario.take(Self.sample(scenario, browser, bytes: 1_001))
        #expect(Self.recycled(events).map(\.reason) == [.memory])
        #expect(scenario.state.browsers[browser].recycling == .memory)
        #expect(scenario.state.browsers[browser].phase == .busy)
        let other = scenario.submit()
        #expect(scenario.browser(of: other) != browser)
        let ended = Self.complete(task, in: &scenario)
        #expect(
            ended.contains {
                if case .browserCloseDecided(let closed) = $0.payload {
                    closed.reason == .recycled
                } else {
                    false
                }
            })
    }

    @Test("by age, one browser at a time")
    func age() {
        var scenario = Self.warm { $0.recycleAfterMs = 60_000 }
        let browsers = scenario.state.browsers.ids
        scenario.wait(milliseconds: 59_999)
        #expect(scenario.take(Self.sample(scenario, browsers[0], bytes: 1)).count == 1)
        scenario.wait(milliseconds: 1)
        let events = scenario.take(Self.sample(scenario, browsers[0], bytes: 1))
        #expect(Self.recycled(events).map(\.reason) == [.age])
        #expect(scenario.take(Self.sample(scenario, browsers[1], bytes: 1)).count == 1)
        scenario.take(scenario.closed(browsers[0]))
        scenario.launch()
        #expect(Self.recycled(scenario.take(Self.sample(scenario, browsers[1], bytes: 1))).count == 1)
    }

    @Test("nothing is recycled unless the policy says so")
    func offByDefault() {
        var scenario = Self.warm { _ in }
        scenario.wait(milliseconds: 86_400_000)
        let browser = scenario.state.browsers.ids[0]
        #expect(scenario.take(Self.sample(scenario, browser, bytes: .max)).count == 1)
    }
}
