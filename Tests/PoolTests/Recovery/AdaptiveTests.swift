import PoolSimulator
import Testing

@testable import Pool

@Suite("The adaptive strategy")
struct AdaptiveTests {
    private static func experience(
        _ recoveries: [(RecoveryStrategy, count: Int, timeUs: UInt64, raceUs: UInt64)],
        spare: Spare = .cold
    ) -> Experience {
        var experience = Experience()
        for (strategy, count, timeUs, raceUs) in recoveries {
            for _ in 0..<count {
                experience.record(
                    strategy, .rendererCrashed, spare: spare, succeeded: true, timeUs: timeUs, raceUs: raceUs)
            }
        }
        return experience
    }

    private static func choice(_ experience: Experience, spare: Spare = .cold) -> AdaptiveChoice {
        AdaptiveChoice(after: .rendererCrashed, spare: spare, experience)
    }

    @Test("begins with the parallel strategy, and says what it knows of each")
    func begins() {
        let choice = Self.choice(Experience())
        #expect(choice.strategy == .parallel)
        #expect(!choice.explores)
        #expect(choice.estimates.map(\.strategy) == [.parallel, .immediate, .progressive])
        #expect(choice.estimates.allSatisfy { $0.trials == 0 && $0.costUs == 0 })
    }

    @Test("leaves it where a race takes much of other lanes and another strategy is known to cost less")
    func leaves() {
        let known = Self.experience([(.parallel, 10, 1_000, 4_000), (.immediate, 8, 1_200, 0)])
        #expect(Self.choice(known).strategy == .immediate)
        // What is known of one sort of spare says nothing of another.
        #expect(Self.choice(known, spare: .none).strategy == .parallel)
        // Too little is known of it yet.
        let little = Self.experience([(.parallel, 10, 1_000, 400), (.immediate, 1, 900, 0)])
        #expect(Self.choice(little).strategy == .parallel)
        // Luck brings no task back sooner than a race of all that can.
        let lucky = Self.experience([(.parallel, 10, 1_000, 0), (.immediate, 10, 10, 0)])
        #expect(Self.choice(lucky).strategy == .parallel)
    }

    @Test(
        "tries the strategy that was tried least at the 16th, 32nd and 64th trial, where races cost something"
    )
    func explores() {
        for count in 0..<70 {
            let racing = Self.choice(Self.experience([(.parallel, count, 1_000, 4_000)]))
            let isTurn = [15, 31, 63].contains(count)
            #expect(racing.explores == isTurn, "after \(count) trials")
            #expect(racing.strategy == (isTurn ? .immediate : .parallel))
            #expect(!Self.choice(Self.experience([(.parallel, count, 1_000, 100)])).explores)
        }
    }

    @Test("takes the cheapest rung first, and passes over one that does not help")
    func rungs() {
        let browser = BrowserState(id: BrowserID(1))
        let ladder: [Rung] = [.reloadPage, .freshPage, .restartBrowser]
        func best(_ experience: Experience) -> Rung? {
            browser.rungEstimates(
                ladder, after: .rendererCrashed, experience, launchDeadlineMs: 30_000
            ).min { $0.expectedUs < $1.expectedUs }?.rung
        }
        var experience = Experience()
        #expect(best(experience) == .reloadPage)
        experience.record(.reloadPage, .rendererCrashed, healed: false, timeUs: 400_000)
        #expect(best(experience) == .freshPage)
        experience.record(.freshPage, .rendererCrashed, healed: true, timeUs: 300_000)
        #expect(best(experience) == .freshPage)
        for _ in 0..<4 { experience.record(.freshPage, .rendererCrashed, healed: false, timeUs: 300_000) }
        experience.record(.restartBrowser, nil, healed: true, timeUs: 200_000)
        #expect(best(experience) == .restartBrowser)
        // Another evidence has a ladder of its own.
        let other = browser.rungEstimates(
            ladder, after: .pageOutOfMemory, experience, launchDeadlineMs: 30_000)
        #expect(other.map(\.trials) == [0, 0, 1])
        #expect(other.first?.expectedUs == 0)
    }

    @Test("takes the rung after which a run starts soon, though another one heals sooner")
    func starts() {
        let browser = BrowserState(id: BrowserID(1))
        var experience = Experience()
        experience.record(.endScript, .scriptHung, healed: true, timeUs: 50_000)
        experience.record(.freshPage, .scriptHung, healed: true, timeUs: 10_000)
        func best() -> Rung? {
            browser.rungEstimates(
                Evidence.scriptHung.ladder, after: .scriptHung, experience, launchDeadlineMs: 30_000
            ).min { $0.expectedUs < $1.expectedUs }?.rung
        }
        #expect(best() == .freshPage)
        experience.recordStart(after: .endScript, .scriptHung, timeUs: 2_000)
        experience.recordStart(after: .freshPage, .scriptHung, timeUs: 900_000)
        #expect(best() == .endScript)
        // Unless it fails so often that trying it costs more than it saves.
        for _ in 0..<100 { experience.record(.endScript, .scriptHung, healed: false, timeUs: 50_000) }
        #expect(best() == .freshPage)
    }

    @Test("learns from the rungs that a pool takes, and records what each was chosen on")
    func learns() {
        var scenario = PoolScenario(
            PoolPolicy(maxConnections: 1, recoveryStrategy: .adaptive, breaker: nil, heartbeat: nil))
        let task = scenario.running(.test(items: 100))
        var first: [Rung] = []
        for _ in 0..<6 {
            let browser = scenario.browser(of: task)
            var events = scenario.take(
                scenario.failure(of: browser, .rendererCrashed, processEnded: false))
            var isFirst = true
            // Loading the page anew never helps here, and a fresh one always does.
            while let healing = events.lazy.compactMap({ event -> (Event, HealDecided)? in
                if case .healDecided(let decided) = event.payload { (event, decided) } else { nil }
            }).first {
                if isFirst { first.append(healing.1.rung) }
                isFirst = false
                #expect(healing.1.estimates.contains { $0.rung == healing.1.rung })
                scenario.wait(milliseconds: 200)
                events = scenario.take(
                    RungEnded(
                        obligation: ObligationID(healing.0.sequence), browser: browser,
                        healed: healing.1.rung == .freshPage,
                        backends: healing.1.rung == .freshPage ? [BackendSupport(backend: .webgpu)] : []))
            }
            scenario.wait(milliseconds: 70)
            scenario.begin(task)
            #expect(scenario.state.browsers[browser].healedBy == nil)
            scenario.take(scenario.progress(task, items: 1))
            // A failure much later does not go on where the last ladder ended.
            scenario.wait(milliseconds: 130_000)
        }
        #expect(first == [.reloadPage, .freshPage, .freshPage, .freshPage, .freshPage, .freshPage])
        let known = scenario.state.experience.rung(.freshPage, after: .rendererCrashed)
        #expect(known.trials == 6)
        #expect(known.healed == 6)
        #expect(known.timeUs == 200_000)
        #expect(known.starts == 6)
        #expect(known.startUs == 70_000)
        let recoveries = scenario.state.experience.total(of: .parallel, spare: .none)
        #expect(recoveries.trials == 6)
        #expect(recoveries.succeeded == 6)
    }

    @Test("a fixed strategy is recorded without estimates, and what it costs is taken in")
    func fixed() {
        var scenario = PoolScenario(PoolPolicy(maxConnections: 2, warmBrowsers: 2))
        let task = scenario.running()
        scenario.launch()
        let events = scenario.take(
            scenario.failure(of: scenario.browser(of: task), .rendererCrashed, processEnded: false))
        for event in events {
            switch event.payload {
            case .recoveryBegan(let began):
                #expect(began.estimates.isEmpty && !began.explored)
                #expect(began.spare == .cold)
            case .healDecided(let decided): #expect(decided.estimates.isEmpty)
            default: break
            }
        }
        scenario.wait(milliseconds: 30)
        scenario.begin(task)
        let known = scenario.state.experience.strategy(.immediate, after: .rendererCrashed, spare: .cold)
        #expect(known.trials == 1)
        #expect(known.costUs == 30_000)
    }

    @Test("a race costs the lane time of the side that lost it besides its own time")
    func race() throws {
        var scenario = PoolScenario(
            PoolPolicy(maxConnections: 2, warmBrowsers: 2, recoveryStrategy: .parallel, heartbeat: nil))
        let task = scenario.running()
        scenario.launch()
        let browser = scenario.browser(of: task)
        scenario.take(scenario.failure(of: browser, .rendererCrashed, processEnded: false))
        #expect(scenario.browser(of: task) != browser)
        scenario.wait(milliseconds: 100)
        scenario.take(
            RungEnded(
                obligation: scenario.owed(.heal), browser: browser, healed: true,
                backends: [BackendSupport(backend: .webgpu)]))
        let rival = try #require(scenario.state.tasks[task].rival)
        let run = try #require(scenario.state.allocations[rival].run)
        scenario.wait(milliseconds: 200)
        scenario.take(RunStarted(obligation: run, allocation: rival))
        let known = scenario.state.experience.strategy(.parallel, after: .rendererCrashed, spare: .cold)
        #expect(known.trials == 1)
        #expect(known.raceUs == 300_000)
        #expect(known.costUs == 600_000)
        let start = scenario.state.experience.rung(.reloadPage, after: .rendererCrashed)
        #expect(start.starts == 1)
        #expect(start.startUs == 200_000)
    }

    @Test("a run on a healed browser that loses its race shows that a start takes at least as long")
    func lostRace() {
        var scenario = PoolScenario(
            PoolPolicy(maxConnections: 2, warmBrowsers: 2, recoveryStrategy: .parallel, heartbeat: nil))
        let task = scenario.running()
        scenario.launch()
        let browser = scenario.browser(of: task)
        scenario.take(scenario.failure(of: browser, .rendererCrashed, processEnded: false))
        scenario.take(
            RungEnded(
                obligation: scenario.owed(.heal), browser: browser, healed: true,
                backends: [BackendSupport(backend: .webgpu)]))
        scenario.wait(milliseconds: 400)
        scenario.begin(task)
        let known = scenario.state.experience.rung(.reloadPage, after: .rendererCrashed)
        #expect(known.starts == 1)
        #expect(known.startUs == 400_000)
    }

    @Test("what is known stays in order and in bounds", arguments: 1...10 as ClosedRange<UInt64>)
    func sound(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var experience = Experience()
        for _ in 0..<500 {
            experience.record(
                random.pick(RecoveryStrategy.fixed), random.pick(Evidence.allCases),
                spare: random.pick(Spare.allCases), succeeded: random.chance(perMille: 700),
                timeUs: random.next() >> random.below(64), raceUs: random.next() >> random.below(64))
            experience.record(
                random.pick(Rung.allCases),
                random.chance(perMille: 200) ? nil : random.pick(Evidence.allCases),
                healed: random.chance(perMille: 500), timeUs: random.next() >> random.below(64))
            experience.recordStart(
                after: random.pick(Rung.allCases), random.pick(Evidence.allCases),
                timeUs: random.next() >> random.below(64))
        }
        #expect(experience.isSound)
        for evidence in Evidence.allCases {
            for spare in Spare.allCases {
                let choice = AdaptiveChoice(after: evidence, spare: spare, experience)
                #expect(choice.strategy != .coordinated && choice.strategy != .adaptive)
            }
            let estimates = BrowserState(id: BrowserID(1)).rungEstimates(
                evidence.ladder, after: evidence, experience, launchDeadlineMs: 86_400_000)
            #expect(estimates.map(\.rung) == evidence.ladder)
        }
    }
}
