import Pool
import PoolSimulator
import Testing

@Suite("Across the seeds, nothing stays untried")
struct CoverageTests {
    let summary = SeededRuns.allSummary

    @Test("every type of event is recorded")
    func events() {
        let names = EventPayload.names.map(\.description)
        for name in names { #expect(summary.events[name] > 0, "\(name)") }
        #expect(summary.events.sorted.map(\.name) == names.sorted())
    }

    @Test("every evidence, strategy, rung, timer and end of a task comes about")
    func values() {
        for name in Evidence.names { #expect(summary.evidence[name] > 0, "\(name)") }
        for name in Rung.names { #expect(summary.rungs[name] > 0, "\(name)") }
        for name in RecoveryStrategy.names { #expect(summary.strategies[name] > 0, "\(name)") }
        for name in TimerKind.names { #expect(summary.timers[name] > 0, "\(name)") }
        for name in SimulationSummary.terminalNames {
            #expect(summary.terminals[name] > 0, "\(name)")
        }
    }

    @Test("every reason to launch, close, retire, release, queue, suspend, roll back and refuse comes about")
    func reasons() {
        let expected =
            LaunchReason.names.map { "launched_\($0)" } + CloseReason.names.map { "closed_\($0)" }
            + RetireReason.names.map { "retired_\($0)" } + ReleaseReason.names.map { "released_\($0)" }
            + QueueReason.names.map { "queued_\($0)" } + SuspendReason.names.map { "suspended_\($0)" }
            + RollbackReason.names.map { "rolled_back_\($0)" } + Refusal.names.map { "refused_\($0)" }
            + RecycleReason.names.map { "recycled_\($0)" }
            + PredictionRule.names.map { "predicted_by_\($0)" }
            + ["queue", "panic", "forecast"].map { "scaled_up_\($0)" }
            + ["stable", "memory"].map { "scaled_down_\($0)" }
            + ["runtime_lacks_it", "no_adapter", "browser_refuses", "no_kernel"].map {
                "backend_refused_\($0)"
            }
        for name in expected { #expect(summary.reasons[name] > 0, "\(name)") }
    }

    @Test("tasks fail for every reason that the core gives")
    func taskFailures() {
        // The last takes a pool that can launch nothing more, and is too rare for these seeds.
        let others = [TaskFailure.executorFault, .noOtherBrowser].map(\.name.description)
        for name in TaskFailure.names where !others.contains(name) {
            #expect(summary.taskFailures[name] > 0, "\(name)")
        }
    }

    @Test("a step may be durable though its engine never knew: its owner submits the task again")
    func unacknowledged() {
        let again = SeededRuns.all.count { run in
            let planned = SimulationConfiguration.drawn(seed: run.seed).workload.tasks.count
            return run.result.summary.events["task_submitted"] > planned
        }
        #expect(again > 0)
    }

    @Test("every kind of fault strikes")
    func faults() {
        for name in Fault.names { #expect(summary.faults[name] > 0, "\(name)") }
        #expect(summary.faults.sorted.map(\.name) == Fault.names.sorted())
    }
}
