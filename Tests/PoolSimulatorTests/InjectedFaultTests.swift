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
}
