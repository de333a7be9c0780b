import EventLog
import Foundation
import Pool
import PoolEngine
import Projections
import Testing

@testable import weir

@Suite struct RealAndSimulatedTests {
    /// A log with the tasks of a real engine and one of a simulated one.
    private static func mixed() -> RecordedLog {
        var log = RecordedLog.sound()
        log.take(
            EngineStarted(
                version: "1", revision: PoolState.decisionRevision, host: "nowhere", pid: 1,
                logID: Array(repeating: 7, count: 16), simulated: true))
        log.take(PoolConfigured(policy: PoolPolicy(maxConnections: 1)))
        log.take(
            TaskSubmitted(
                spec: TaskSpec(
                    family: .vision, model: "digits", runtime: "simulated", itemsTotal: 3, inputsCount: 3,
                    backends: [.webgpu])))
        return log
    }

    @Test("listings put what is simulated below what is real, under a heading of its own (EXEC-4)")
    func listing() {
        let tasks = Self.mixed().steps.flatMap { $0 }.history.tasks
        #expect(tasks.map(\.simulated) == [false, true])
        let lines = TaskListing.text(tasks).split(separator: "\n")
        #expect(lines.count == 5, "\(lines)")
        #expect(lines[1].contains("succeeded"))
        #expect(lines[2] == "SIMULATED: nothing of this is real")
        #expect(lines[4].contains("queued"))
        #expect(!TaskListing.text([tasks[0]]).contains("SIMULATED"))
        #expect(TaskListing.text([tasks[1]]).hasPrefix("SIMULATED"))
    }

    @Test("a replay adds up simulated tasks apart from real ones (EXEC-4)")
    func replay() async throws {
        let place = try Workplace()
        try await Self.mixed().write(to: place.log)
        let text = try await place.weir("replay")
        #expect(text.out.contains("tasks     1 succeeded\n"), "\(text)")
        #expect(text.out.contains("simulated 1 queued tasks\n"), "\(text)")
        let object = try await place.weir("replay", "--json").object()
        #expect(object["tasks"] as? [String: Int] == ["succeeded": 1])
        #expect(object["simulated_tasks"] as? [String: Int] == ["queued": 1])
    }

    @Test("a simulated task that waits is not resumed for real (EXEC-4)")
    func resume() async throws {
        let place = try Workplace()
        let log = Self.mixed()
        try await log.write(to: place.log)
        let ended = try await place.weir("run", "--resume", "\(log.sequence(of: "task_submitted"))")
        #expect(ended.status == 2, "\(ended)")
        #expect(ended.err.contains("a simulation's"))
        #expect(try place.events().count == log.steps.joined().count)
    }
}
