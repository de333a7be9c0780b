import PoolSimulator
import Testing

@testable import Pool

@Suite("Placement")
struct PlacementTests {
    private static let model = Digest(bytes: [UInt8](repeating: 7, count: 32)) ?? .zero

    /// A pool whose browsers are of these kinds and ready.
    private static func scenario(
        _ kinds: [BrowserKind], _ change: (inout PoolPolicy) -> Void = { _ in },
        describe: (Int, inout BrowserFacts) -> Void = { _, _ in }
    ) -> PoolScenario {
        var policy = PoolPolicy(
            maxConnections: UInt32(kinds.count), warmBrowsers: UInt32(kinds.count),
            browserPreferences: [BrowserPreference(family: .audio, browser: .firefox)])
        change(&policy)
        var scenario = PoolScenario(policy)
        for (index, kind) in kinds.enumerated() {
            let browser = scenario.state.obligations.entities.first { $0.kind == .launch }?.browser
            var launched = scenario.launched(browser ?? BrowserID(0))
            launched.facts.kind = kind
            describe(index, &launched.facts)
            scenario.take(launched)
        }
        return scenario
    }

    private static func spec(_ change: (inout TaskSpec) -> Void = { _ in }) -> TaskSpec {
        .test(items: 10) {
            $0.family = .audio
            $0.modelDigest = model
            change(&$0)
        }
    }

    /// Runs a task to its end with so long for each item, and gives the browser that it ran on.
    private static func run(
        _ scenario: inout PoolScenario, itemMs: (BrowserID) -> UInt64,
        _ change: (inout TaskSpec) -> Void = { _ in }
    ) -> BrowserID {
        let task = scenario.submit(spec(change))
        let browser = scenario.browser(of: task)
        scenario.begin(task)
        scenario.wait(milliseconds: itemMs(browser) * 10)
        scenario.take(scenario.progress(task, items: 10))
        scenario.take(scenario.completion(task))
        return browser
    }

    private static func candidates(_ scenario: inout PoolScenario, _ spec: TaskSpec) -> [Candidate] {
        let events = scenario.take(TaskSubmitted(spec: spec))
        for case .taskGranted(let granted) in events.map(\.payload) { return granted.candidates }
        return []
    }

    @Test("tries what is preferred, then what is unmeasured, and settles for what is fastest")
    func measurementsDecide() {
        var scenario = Self.scenario([.firefox, .chrome])
        let (firefox, chrome) = (scenario.state.browsers.ids[0], scenario.state.browsers.ids[1])
        var taken: [BrowserID] = []
        for _ in 0..<40 {
            taken.append(Self.run(&scenario, itemMs: { $0 == firefox ? 90 : 30 }))
        }
        #expect(taken.first == firefox)
        #expect(taken.contains(chrome), "the browser that nothing is known of was never tried")
        #expect(taken.suffix(10).allSatisfy { $0 == chrome }, "\(taken)")
    }

    @Test("goes back to the preferred browser when the other one is slower")
    func explorationEnds() {
        var scenario = Self.scenario([.firefox, .chrome])
        let firefox = scenario.state.browsers.ids[0]
        var taken: [BrowserID] = []
        for _ in 0..<60 {
            taken.append(Self.run(&scenario, itemMs: { $0 == firefox ? 30 : 90 }))
        }
        #expect(taken.count { $0 != firefox } >= 1)
        #expect(taken.count { $0 != firefox } <= 12, "\(taken)")
    }

    @Test("records each term of a score")
    func terms() {
        var scenario = Self.scenario([.firefox, .chrome])
        let firefox = scenario.state.browsers.ids[0]
        for _ in 0..<4 {
            let task = scenario.submit(Self.spec())
            guard scenario.browser(of: task) == firefox else {
                scenario.take(TaskCancelRequested(task: task))
                continue
            }
            scenario.begin(task)
            scenario.wait(milliseconds: 100)
            scenario.take(scenario.progress(task, items: 10))
            scenario.take(scenario.completion(task))
        }
        let runs = scenario.state.timings.timings(of: Self.model, on: .webgpu)
        #expect(runs.map(\.browser) == [.firefox])
        #expect(runs.map(\.itemNs) == [10_000_000])
        let measured = UInt64(runs.first?.runs ?? 0)
        let candidates = Self.candidates(&scenario, Self.spec { $0.affinity = "a" })
        for candidate in candidates {
            let sum =
                candidate.preference + candidate.residency + candidate.load + candidate.speed
                + candidate.exploration + candidate.health + candidate.affinity
            #expect(candidate.score == sum)
        }
        let known = candidates.first { $0.browser == firefox }
        #expect(known?.preference == UInt32(1_600 / (4 + measured)))
        #expect(known?.residency == 200)
        #expect(known?.speed == 400)
        #expect(known?.itemNs == 10_000_000)
        let unknown = candidates.first { $0.browser != firefox }
        #expect(unknown?.preference == 0)
        #expect(unknown?.residency == 0)
        #expect(unknown?.speed == 200)
        #expect(unknown?.exploration == 600)
        #expect(unknown?.health == 200)
        #expect(unknown?.itemNs == 0)
    }

    @Test("prefers the browser of its kind that is not slow")
    func pace() {
        var scenario = Self.scenario([.chrome, .chrome])
        let slow = scenario.state.browsers.ids[0]
        // Both at once, so that each gets a run; then one at a time.
        for _ in 0..<6 {
            let tasks = [scenario.submit(Self.spec()), scenario.submit(Self.spec())]
            for task in tasks { scenario.begin(task) }
            scenario.wait(milliseconds: 100)
            for task in tasks where scenario.browser(of: task) != slow {
                scenario.take(scenario.progress(task, items: 10))
                scenario.take(scenario.completion(task))
            }
            scenario.wait(milliseconds: 900)
            for task in tasks where scenario.state.tasks.contains(task) {
                scenario.take(scenario.progress(task, items: 10))
                scenario.take(scenario.completion(task))
            }
        }
        let paces = scenario.state.browsers.entities.map(\.paceMilli)
        #expect(paces[0] > 2 * paces[1], "\(paces)")
        #expect(Self.candidates(&scenario, Self.spec()).first?.browser != slow)
    }

    @Test("counts failures and a shared affinity")
    func healthAndAffinity() {
        var scenario = Self.scenario([.chrome, .chrome]) { $0.breaker?.failures = 0 }
        let first = scenario.state.browsers.ids[0]
        let task = scenario.submit(Self.spec { $0.affinity = "a" })
        #expect(scenario.browser(of: task) == first)
        scenario.begin(task)
        scenario.take(scenario.progress(task, items: 10))
        scenario.take(scenario.completion(task))
        var next = scenario
        let shared = Self.candidates(&next, Self.spec { $0.affinity = "a" })
        #expect(shared.map(\.affinity) == [200, 0])
        scenario.take(scenario.failure(of: first))
        var again = scenario.launched(first)
        again.facts.kind = .chrome
        scenario.take(again)
        let candidates = Self.candidates(&scenario, Self.spec())
        #expect(candidates.first { $0.browser == first }?.health == 100)
        #expect(candidates.first?.browser != first)
    }

    @Test("leaves out browsers that lack a feature, a limit or memory")
    func filters() {
        var scenario = Self.scenario(
            [.chrome, .chrome],
            {
                $0.lanesPerBrowser = 2
                $0.browserMemoryLimitBytes = 1_000
            },
            describe: { index, facts in
                facts.adapter?.features = index == 0 ? [] : ["shader-f16"]
                facts.adapter?.limits = [AdapterLimit(name: "maxBufferSize", value: index == 0 ? 100 : 200)]
            })
        let browsers = scenario.state.browsers.ids
        let half = scenario.take(
            TaskSubmitted(spec: Self.spec { $0.requiredFeatures = ["shader-f16"] }))
        let buffer = scenario.take(
            TaskSubmitted(
                spec: Self.spec { $0.requiredLimits = [AdapterLimit(name: "maxBufferSize", value: 150)] }))
        for events in [half, buffer] {
            let granted = events.map(\.payload).compactMap { payload -> TaskGranted? in
                if case .taskGranted(let granted) = payload { granted } else { nil }
            }
            #expect(granted.map(\.browser) == [browsers[1]])
            #expect(granted.first?.filtered.noFeature == 1)
        }
        scenario.take(
            MetricsSampled(
                browser: browsers[0], incarnation: scenario.state.browsers[browsers[0]].incarnation,
                browserBytes: 800))
        // A browser without work takes any task, and one with work only what fits beside it.
        let large = Self.spec { $0.memoryBytes = 300 }
        let first = scenario.submit(large)
        #expect(scenario.browser(of: first) == browsers[0])
        let second = scenario.take(TaskSubmitted(spec: large))
        #expect(!second.contains { if case .taskGranted = $0.payload { true } else { false } })
        // It waits without keeping others from the lane.
        let small = scenario.submit(Self.spec())
        #expect(scenario.browser(of: small) == browsers[0])
    }

    @Test("refuses a backend for a feature that no browser of a full pool has, and goes on with the next")
    func refusesFeature() throws {
        var scenario = Self.scenario(
            [.chrome],
            describe: { _, facts in
                facts.adapter?.features = ["subgroups"]
                facts.backends = [BackendSupport(backend: .webgpu), BackendSupport(backend: .cpu)]
            })
        let events = scenario.take(
            TaskSubmitted(
                spec: Self.spec {
                    $0.backends = [.webgpu, .cpu]
                    $0.runtimeBackends = [.webgpu, .cpu]
                    $0.requiredFeatures = ["shader-f16"]
                }))
        let refused = events.map(\.payload).compactMap { payload -> BackendRefused? in
            if case .backendRefused(let refused) = payload { refused } else { nil }
        }
        #expect(refused.map(\.refusal) == [.lacksFeature])
        #expect(refused.first?.reason == "the adapter lacks the feature shader-f16")
        let task = try #require(scenario.state.tasks.ids.first)
        #expect(scenario.state.tasks[task].backend == .cpu)
        #expect(scenario.state.tasks[task].allocation != nil)
    }

    @Test("keeps the times of 256 models, and forgets the one measured longest ago")
    func timingsAreBounded() {
        var random = SplitMix64(seed: 1)
        var table = TimingTable()
        var models: [Digest] = []
        for event in 1...400 as ClosedRange<UInt64> {
            let bytes = (0..<32).map { _ in UInt8(random.below(256)) }
            models.append(Digest(bytes: bytes) ?? .zero)
            _ = table.measure(models[models.count - 1], .webgpu, .chrome, itemNs: event, by: event)
            #expect(table.isSound)
        }
        for (index, model) in models.enumerated() {
            let kept = table.timings(of: model, on: .webgpu).map(\.itemNs)
            #expect(kept == (index >= 400 - 256 ? [UInt64(index + 1)] : []))
        }
    }

    @Test("of models that are measured again and again, the one measured longest ago is forgotten")
    func oldestTiming() throws {
        var random = SplitMix64(seed: 7)
        let models = (0..<700).map { _ in
            Digest(bytes: (0..<32).map { _ in UInt8(random.below(256)) }) ?? .zero
        }
        var table = TimingTable()
        var measuredBy: [Digest: UInt64] = [:]
        for event in 1...6_000 as ClosedRange<UInt64> {
            // Some are measured often, most seldom.
            let model = models[Int(random.below(random.chance(perMille: 400) ? 100 : 700))]
            if measuredBy[model] == nil, measuredBy.count == TimingTable.limit {
                let oldest = try #require(measuredBy.min { $0.value < $1.value })
                measuredBy[oldest.key] = nil
            }
            measuredBy[model] = event
            _ = table.measure(model, .webgpu, .chrome, itemNs: event, by: event)
            if event % 50 == 0 {
                let kept = table.timings.map { ($0.modelDigest, $0.measuredBy) }
                #expect(Dictionary(uniqueKeysWithValues: kept) == measuredBy && table.isSound)
            }
        }
    }

    @Test("takes the mean of the first 8 runs, and then an eighth of each")
    func movingMean() {
        var table = TimingTable()
        let times: [UInt64] = [800, 400, 600, 600, 600, 600, 600, 600, 1_400]
        let ratios = times.map { table.measure(.zero, .cpu, .firefox, itemNs: $0, by: 1) }
        #expect(table.timings(of: .zero, on: .cpu).first?.itemNs == 700)
        #expect(table.timings(of: .zero, on: .cpu).first?.runs == 9)
        #expect(ratios[0] == 1_000)
        #expect(ratios[1] == 500)
        #expect(table.timings(of: .zero, on: .webgpu).isEmpty)
    }
}
