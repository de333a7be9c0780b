import Pool
import PoolEngine
import PoolSimulator
import Testing

@Suite("A fault by order")
struct InjectedFaultTests {
    /// One long task on at most two browsers, and nothing by chance.
    private func run(
        _ injections: [FaultPlan.Injection], spec change: (inout TaskSpec) -> Void = { _ in },
        policy: PoolPolicy = PoolPolicy(maxConnections: 2)
    ) -> SimulationResult {
        var spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 200, inputsCount: 1, batchItems: 10)
        spec.backends = [.webgpu]
        change(&spec)
        var faults = FaultPlan()
        faults.injections = injections
        faults.durabilityDelayMs = 5
        let result = Simulation(
            SimulationConfiguration(
                seed: 3, policy: policy, workload: Workload(tasks: [PlannedTask(atMs: 0, spec: spec)]),
                faults: faults)
        ).run()
        #expect(result.violations == [])
        #expect(result.isQuiescent)
        return result
    }

    @Test("or none: the task succeeds, recovered by nothing")
    func none() {
        let summary = run([]).summary
        #expect(summary.terminals["succeeded"] == 1)
        #expect(summary.events["recovery_began"] == 0)
        #expect(summary.engines == 1)
    }

    @Test("of the browser under a task is recovered from", arguments: [true, false])
    func browserFails(processEnded: Bool) {
        let summary = run([.init(atMs: 5_000, .browserFails(.gpuProcessLost, processEnded: processEnded))])
            .summary
        #expect(summary.terminals["succeeded"] == 1)
        #expect(summary.events["recovery_committed"] == 1)
        #expect(summary.evidence["gpu_process_lost"] == 2)
        #expect(summary.reasons["launched_heal"] == (processEnded ? 1 : 0))
        #expect(summary.events["rung_ended"] == (processEnded ? 0 : 1))
    }

    @Test("that ends the engine leaves the task to the next one")
    func engineCrash() {
        let summary = run([.init(atMs: 5_000, .engineCrashes(holdTasks: false))]).summary
        #expect(summary.engines == 2)
        #expect(summary.terminals["succeeded"] == 1)
        #expect(summary.reasons["released_engine_restarted"] == 1)
    }

    @Test("that ends the engine suspends the task when the next one holds tasks, until its owner resumes it")
    func engineCrashHeld() {
        let summary = run([.init(atMs: 5_000, .engineCrashes(holdTasks: true))]).summary
        #expect(summary.events["task_resume_requested"] == 1)
        #expect(summary.terminals["succeeded"] == 1)
    }

    @Test("that ends the engine ends a task without persistence")
    func engineCrashWithoutPersistence() {
        let summary = run([.init(atMs: 5_000, .engineCrashes(holdTasks: false))]) {
            $0.statePersistence = false
        }
        .summary
        #expect(summary.taskFailures["state_not_persisted"] == 1)
    }

    @Test("of the engine's stop is the end of nothing")
    func engineStop() {
        let summary = run([.init(atMs: 5_000, .engineStops(holdTasks: false))]).summary
        #expect(summary.reasons["suspended_engine_stopped"] == 1)
        #expect(summary.terminals["succeeded"] == 1)
    }

    @Test("of a browser that comes up without an adapter is answered by another browser")
    func withoutAdapter() {
        let summary = run([.init(atMs: 0, .launchWithoutAdapter)]).summary
        #expect(summary.terminals["succeeded"] == 1)
        #expect(summary.events["browser_launch_decided"] == 2)
    }

    @Test("of browsers that all come up without an adapter ends the task (CORE-4)")
    func allWithoutAdapter() {
        let summary = run([.init(atMs: 0, .launchWithoutAdapter), .init(atMs: 0, .launchWithoutAdapter)])
            .summary
        #expect(summary.taskFailures["no_adapter"] == 1)
    }

    @Test("of a launch that hangs is ended by its deadline and tried again")
    func launchHangs() {
        let summary = run([.init(atMs: 0, .launchHangs)]).summary
        #expect(summary.timers["launch"] == 1)
        #expect(summary.terminals["succeeded"] == 1)
    }

    @Test("of a run that hangs ends its lease and takes its browser")
    func runHangs() {
        let summary = run([.init(atMs: 0, .runHangs)]).summary
        #expect(summary.timers["lease"] == 1)
        #expect(summary.evidence["heartbeat_missed"] == 1)
        #expect(summary.terminals["succeeded"] == 1)
    }

    @Test(
        "of an engine that stalls beyond a lease: the report that waited first renews it, and nothing is lost"
    )
    func engineStalls() {
        let policy = PoolPolicy(maxConnections: 2, leaseMs: 2_000)
        let summary = run([.init(atMs: 5_000, .engineStalls(ms: 10_000))], policy: policy).summary
        #expect(summary.faults["engine_stalls"] == 1)
        #expect(summary.events["recovery_began"] == 0)
        #expect(summary.terminals["succeeded"] == 1)
    }

    @Test("of a close that hangs is closed again")
    func closeHangs() {
        let summary = run([.init(atMs: 0, .runHangs), .init(atMs: 0, .closeHangs)]).summary
        #expect(summary.timers["close"] == 1)
        #expect(summary.terminals["succeeded"] == 1)
    }

    @Test("of all browsers at once is recovered from, and one browser alone is not struck by it")
    func browsersFail() {
        let policy = PoolPolicy(maxConnections: 3, warmBrowsers: 3)
        let together = FaultPlan.Injection(atMs: 8_000, .browsersFail(.gpuProcessLost, processEnded: true))
        let summary = run([together], policy: policy).summary
        #expect(summary.faults.description == "browsers_fail 1")
        #expect(summary.events["browser_failed"] == 3)
        #expect(summary.terminals["succeeded"] == 1)
        #expect(run([together], policy: PoolPolicy(maxConnections: 1)).summary.events["browser_failed"] == 0)
    }

    @Test("of a browser that is slow makes its runs take that much longer")
    func browserSlow() {
        let policy = PoolPolicy(maxConnections: 1, leaseMs: 86_400_000)
        let (usual, slow) = (
            run([], policy: policy), run([.init(atMs: 0, .browserSlow(times: 200))], policy: policy)
        )
        #expect(slow.summary.faults["browser_slow"] == 1)
        #expect(slow.summary.terminals["succeeded"] == 1)
        #expect(slow.summary.virtualMs > usual.summary.virtualMs * 5)
    }

    @Test("of an append ends the engine there: that step and those after it never happened (CORE-9)")
    func appendFails() throws {
        let result = run([.init(atMs: 5_000, .appendFails(holdTasks: false))])
        #expect(result.summary.faults["append_fails"] == 1)
        #expect(result.summary.engines == 2)
        #expect(result.summary.terminals["succeeded"] == 1)
        let events = SeededRuns.steps(of: result.log).joined()
        let restart = try #require(
            events.last { if case .engineStarted = $0.payload { true } else { false } })
        let last = try #require(events.last { $0.sequence < restart.sequence })
        #expect(last.at < Simulation.beginning.adding(milliseconds: 5_000))
        #expect(restart.at > Simulation.beginning.adding(milliseconds: 5_000))
    }

    @Test("of a burst makes the faults of chance more frequent for its time")
    func burst() {
        var workload = Workload(tasks: [])
        for index in 0..<40 {
            var spec = TaskSpec(model: "model", runtime: "simulated", itemsTotal: 200, inputsCount: 1)
            (spec.batchItems, spec.backends) = (1, [.webgpu])
            workload.tasks.append(PlannedTask(atMs: UInt64(index), spec: spec))
        }
        var faults = FaultPlan()
        faults.reportRepeatedPerMille = 10
        faults.burstTimes = 50
        func repeated() -> Int {
            let configuration = SimulationConfiguration(seed: 1, workload: workload, faults: faults)
            return Simulation(configuration).run().summary.faults["report_repeated"]
        }
        let usual = repeated()
        faults.injections = [.init(atMs: 5_000, .burst(ms: 40_000))]
        #expect(usual > 0)
        #expect(repeated() > usual * 5)
    }

    @Test("strikes the browser that it names, or else the usable one with the lowest id")
    func namedBrowser() throws {
        let policy = PoolPolicy(maxConnections: 2, warmBrowsers: 2)
        func struck(_ browser: BrowserID?) throws -> BrowserID? {
            let fails = FaultPlan.Injection(
                atMs: 6_000, .browserFails(.deviceLost, processEnded: true), browser: browser)
            return try #require(run([fails], policy: policy).struck.first).browser
        }
        let lowest = try #require(try struck(nil))
        let launched = SeededRuns.steps(of: run([], policy: policy).log).joined().compactMap { event in
            if case .browserLaunched(let launched) = event.payload { launched.browser } else { nil }
        }
        let other = try #require(launched.max())
        #expect(other > lowest)
        #expect(try struck(other) == other)
        #expect(try struck(BrowserID(999_999)) == lowest)
    }

    @Test("of an engine that stalls may let a deadline pass before what it is for has begun (CORE-9)")
    func stallBeforeDurability() throws {
        var (spec, faults) = (TaskSpec(model: "model", runtime: "simulated", inputsCount: 1), FaultPlan())
        (spec.itemsTotal, spec.batchItems, spec.backends) = (200, 1, [.webgpu])
        faults.durabilityDelayMs = 400
        var givenUp = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var configuration = SimulationConfiguration(
                seed: seed, policy: PoolPolicy(maxConnections: 2, warmBrowsers: 2, leaseMs: 1_500),
                workload: Workload(tasks: [PlannedTask(atMs: 0, spec: spec)]), faults: faults)
            let steps = SeededRuns.steps(of: Simulation(configuration).run().log)
            let preparing = steps.first { step in
                step.contains { if case .prepareDecided = $0.payload { true } else { false } }
            }
            guard let at = preparing?.first?.at else { continue }
            let atMs = at.nanoseconds(since: Simulation.beginning) / 1_000_000
            configuration.faults.injections = [.init(atMs: atMs, .engineStalls(ms: 9_000), skips: 0)]
            let result = Simulation(configuration).run()
            #expect(result.violations == [], "seed \(seed)")
            givenUp += result.summary.timers["prepare"]
        }
        #expect(givenUp > 0)
    }
}
