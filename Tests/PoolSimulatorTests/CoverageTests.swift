import Pool
import PoolSimulator
import Testing

@Suite("Across the seeds, nothing stays untried")
struct CoverageTests {
    let summary = SeededRuns.summary

    @Test("every type of event is recorded")
    func events() {
        let names = EventPayload.names.map(\.description)
        for name in names { #expect(summary.events[name] > 0, "\(name)") }
        #expect(summary.events.sorted.map(\.name) == names.sorted())
    }

    @Test("every evidence, rung, timer and end of a task comes about")
    func values() {
        for name in Evidence.names { #expect(summary.evidence[name] > 0, "\(name)") }
        for name in Rung.names { #expect(summary.rungs[name] > 0, "\(name)") }
        for name in RecoveryStrategy.names { #expect(summary.strategies[name] > 0, "\(name)") }
        for name in TimerKind.names { #expect(summary.timers[name] > 0, "\(name)") }
        for name in ["succeeded", "failed", "cancelled", "timed_out"] {
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
            + ["runtime_lacks_it", "no_adapter", "browser_refuses", "no_kernel"].map {
                "backend_refused_\($0)"
            }
        for name in expected { #expect(summary.reasons[name] > 0, "\(name)") }
    }

    @Test("tasks fail for every reason that the core gives")
    func taskFailures() {
        for name in TaskFailure.names where name != TaskFailure.executorFault.name.description {
            #expect(summary.taskFailures[name] > 0, "\(name)")
        }
    }

    @Test("every kind of fault strikes")
    func faults() {
        let kinds: [Fault] = [
            .launchFails(.adapterGone), .launchHangs, .launchWithoutAdapter,
            .browserFails(.deviceLost, processEnded: true), .runFails(.executorFault), .runHangs, .closeHangs,
            .stopHangs, .prepareFails(.executorFault), .prepareHangs, .rungFails, .rungHangs,
            .browserDiesHealing, .browserFallsSilent, .reportLost, .reportLate,
            .reportRepeated, .engineCrashes(holdTasks: true),
            .engineStops(holdTasks: true), .engineStalls(ms: 1),
        ]
        for kind in kinds { #expect(summary.faults[kind.name] > 0, "\(kind.name)") }
    }
}
