import Pool
import PoolEngine
import PoolSimulator
import Testing

@Suite("Copies of a task, simulated")
struct RedundancyTests {
    /// One task in copies, and nothing by chance.
    private func run(
        copies: UInt32, browsers: UInt32 = 4, _ injections: [FaultPlan.Injection] = [],
        serve: RedundancyServe = .agreed
    ) -> (SimulationResult, [Event]) {
        var spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 200, inputsCount: 1, batchItems: 10)
        spec.backends = [.webgpu]
        spec.redundancy = copies
        var policy = PoolPolicy(maxConnections: browsers)
        policy.redundancy?.serve = serve
        var faults = FaultPlan()
        faults.injections = injections
        let result = Simulation(
            SimulationConfiguration(
                seed: 3, policy: policy, workload: Workload(tasks: [PlannedTask(atMs: 0, spec: spec)]),
                faults: faults)
        ).run()
        #expect(result.violations == [])
        #expect(result.isQuiescent)
        return (result, SeededRuns.steps(of: result.log).flatMap { $0 })
    }

    private func agreement(_ events: [Event]) -> GroupAgreed? {
        events.compactMap { if case .groupAgreed(let agreed) = $0.payload { agreed } else { nil } }.first
    }

    private func browsers(of events: [Event]) -> [BrowserID] {
        events.compactMap { if case .taskGranted(let granted) = $0.payload { granted.browser } else { nil } }
    }

    @Test("agree when nothing is wrong", arguments: [2, 3] as [UInt32])
    func agree(copies: UInt32) {
        let (result, events) = run(copies: copies)
        #expect(agreement(events)?.agreeing.count == Int(copies))
        #expect(Set(browsers(of: events)).count == Int(copies), "each has a browser of its own")
        #expect(result.summary.terminals["succeeded"] == Int(copies) + 1)
    }

    @Test("outvote a browser that is silently wrong: it is named, and replaced")
    func outvote() throws {
        let (result, events) = run(copies: 3, [.init(atMs: 0, .browserWrong(by: 2))])
        let agreed = try #require(agreement(events))
        let outvoted = try #require(agreed.outvoted.first)
        #expect(agreed.outvoted.count == 1 && agreed.agreeing.count == 2)
        let wrong = try #require(outvoted.browser)
        #expect(result.summary.reasons["closed_quarantined"] == 1)
        #expect(
            events.contains {
                if case .browserCloseDecided(let closed) = $0.payload {
                    closed.browser == wrong && closed.reason == .quarantined
                } else {
                    false
                }
            })
    }

    @Test(
        "of which two disagree are followed by a third that decides, also where there are two browsers only")
    func tieBreak() throws {
        for browsers in [2, 3] as [UInt32] {
            let (result, events) = run(copies: 2, browsers: browsers, [.init(atMs: 0, .browserWrong(by: 2))])
            #expect(result.summary.copies["tie_break"] == 1)
            #expect(result.summary.copies["outvoted"] == 1)
            #expect(agreement(events)?.agreeing.count == 2)
        }
    }

    @Test("that are all wrong in their own way give no result")
    func disagree() {
        let wrong = (1...3).map { FaultPlan.Injection(atMs: 0, .browserWrong(by: $0)) }
        let (result, _) = run(copies: 3, wrong)
        #expect(result.summary.copies["no_majority"] == 1)
        #expect(result.summary.taskFailures["outputs_disagree"] == 1)
    }

    @Test("serve the first result at once where that is asked for, and are compared nonetheless")
    func first() {
        let (result, events) = run(copies: 2, serve: .first)
        #expect(result.summary.copies["served_first"] == 1)
        #expect(agreement(events)?.agreeing.count == 2)
    }

    @Test("that cannot be compared are compared again", arguments: [Fault.comparisonFails, .comparisonHangs])
    func again(fault: Fault) {
        let (result, events) = run(copies: 2, [.init(atMs: 0, fault)])
        #expect(result.summary.events["comparison_decided"] == 2)
        #expect(agreement(events) != nil)
    }

    @Test("come to all that they can come to, across the seeds")
    func coverage() {
        for name in SimulationSummary.copyNames {
            #expect(SeededRuns.summary.copies[name] > 0, "\(name)")
        }
    }
}
