import Pool
import PoolEngine
import Testing

@testable import PoolSimulator

/// What is read from a log as coming from outside.
@Suite struct RecordedWorkloadTests {
    @Test("a log without an engine, and one without a task, have nothing to replay")
    func nothing() throws {
        let empty = MemoryEventStore(logID: Array(repeating: 1, count: 16))
        #expect(throws: RecordedWorkloadError.noEngine) { try RecordedWorkload(reading: empty) }
        let idle = SimulationConfiguration(seed: 1, workload: Workload(tasks: []))
        #expect(throws: RecordedWorkloadError.noTask) {
            try RecordedWorkload(reading: Simulation(idle).run().log)
        }
        #expect("\(RecordedWorkloadError.beginsInArchive(base: 7))".contains("up to 7"))
    }

    @Test("tasks, cancellations and policies are taken as they came, with their times")
    func owners() throws {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 300, inputsCount: 1, batchItems: 1,
            backends: [.webgpu])
        var faults = FaultPlan()
        faults.endsAtMs = 0
        let configuration = SimulationConfiguration(
            seed: 1, policy: PoolPolicy(maxConnections: 3),
            workload: Workload(tasks: [
                PlannedTask(atMs: 20, spec: spec), PlannedTask(atMs: 50, spec: spec, cancelAfterMs: 30_000),
            ]), faults: faults)
        let workload = try RecordedWorkload(reading: Simulation(configuration).run().log)
        let session = try #require(workload.sessions.first)
        #expect(workload.sessions.count == 1 && workload.tasks.map(\.spec) == [spec, spec])
        #expect(session.policy == PoolPolicy(maxConnections: 3))
        #expect(
            session.acts == [
                .init(atNs: 20_000_000, act: .submit(0)), .init(atNs: 50_000_000, act: .submit(1)),
                .init(atNs: 30_050_000_000, act: .cancel(1)),
            ])
        #expect(session.launches.count == 2 && session.launches.allSatisfy { $0.facts?.simulated == true })
        #expect(workload.tasks.map(\.courses.count) == [1, 1])
        let course = workload.tasks[0].courses[0]
        #expect(course.batches.map(\.items.count).reduce(0, +) == 300)
        #expect(course.starts.count == 1 && course.completionNs == 1_000_000)
        // It was cut short by its owner, which is no fault.
        #expect(workload.tasks[1].courses[0].faults.map(\.kind) == [.cutShort] && workload.faults == Counts())
    }

    @Test("an engine that was told to stop amid its work, one that crashed and one that had nothing left")
    func sessions() throws {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 300, inputsCount: 1, batchItems: 4,
            backends: [.webgpu])
        var faults = FaultPlan()
        faults.endsAtMs = 60_000
        faults.injections = [
            .init(atMs: 5_000, .engineStops(holdTasks: false)),
            .init(atMs: 40_000, .engineCrashes(holdTasks: true)),
        ]
        let configuration = SimulationConfiguration(
            seed: 1, workload: Workload(tasks: (0..<6).map { _ in PlannedTask(atMs: 0, spec: spec) }),
            faults: faults)
        let workload = try RecordedWorkload(reading: Simulation(configuration).run().log)
        #expect(workload.sessions.map(\.holdTasks) == [false, false, true])
        #expect(workload.sessions.map(\.end).first == .stops(atNs: 5_000_000_000))
        guard case .crashes = workload.sessions[1].end, case .whenDone = workload.sessions[2].end else {
            return #expect(Bool(false), "\(workload.sessions.map(\.end))")
        }
        #expect(workload.sessions.dropLast().allSatisfy { $0.pauseNs > 0 })
        #expect(workload.isComplete)
    }

    @Test("an engine that took nothing for a while is known by a timer that fired late")
    func stalls() throws {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 300, inputsCount: 1, batchItems: 4,
            backends: [.webgpu])
        var faults = FaultPlan()
        faults.endsAtMs = 60_000
        faults.injections = [.init(atMs: 8_000, .engineStalls(ms: 25_000))]
        var policy = PoolPolicy(maxConnections: 2)
        policy.heartbeat?.intervalMs = 1_000
        let tasks = (0..<2).map { _ in PlannedTask(atMs: 0, spec: spec) }
        let configuration = SimulationConfiguration(
            seed: 1, policy: policy, workload: Workload(tasks: tasks), faults: faults)
        let workload = try RecordedWorkload(reading: Simulation(configuration).run().log)
        #expect(workload.faults["engine_stalls"] == 1)
        #expect(workload.latestTimerNs > 24_000_000_000)
        let replayed = Simulation(SimulationConfiguration(seed: 1, replaying: workload)).run()
        #expect(replayed.failure == nil && replayed.replayed?.struck["engine_stalls"] == 1)
    }

    @Test("another policy takes the place of each that was recorded")
    func overlay() throws {
        let recorded = try RecordedWorkload(reading: Simulation(.drawn(seed: 3, faults: .all)).run().log)
        let other = recorded.under { policy in
            var policy = policy
            policy.maxConnections += 7
            return policy
        }
        #expect(
            zip(recorded.sessions, other.sessions).allSatisfy {
                $1.policy.maxConnections == $0.policy.maxConnections + 7
            })
        #expect(other.tasks == recorded.tasks)
    }
}
