import Pool
import PoolTestKit
import Testing

@Suite("A pool under test")
struct PoolUnderTestTests {
    private let start = EventTime(nanoseconds: 1_000_000_000)
    private let spec = TaskSpec(
        model: "model", runtime: "test", itemsTotal: 10, inputsCount: 1, backends: [.webgpu])

    /// A pool that has started, with events 1 and 2.
    private func started() throws -> PoolUnderTest {
        var pool = PoolUnderTest(at: start)
        try pool.take(EngineStarted(revision: PoolState.decisionRevision), decides: [])
        try pool.take(PoolConfigured(policy: PoolPolicy(maxConnections: 1)), decides: [])
        return pool
    }

    private let task = TaskID(3)
    private var queued: EventPayload { .taskQueued(TaskQueued(task: task, reason: .submitted)) }
    private var launch: EventPayload {
        .browserLaunchDecided(
            BrowserLaunchDecided(reason: .demand, deadline: start.adding(milliseconds: 30_000)))
    }
    private let changes: [StateChange] = [
        .added("task:3"), .added("browser:5"), .added("obligation:5"),
        .changed("pool.queue", from: "[]", to: "[3]"),
        .changed("pool.timers.launch.5", from: .none, to: 31_000_000_000),
    ]

    /// What is wrong with the submission of a task, as a test tells that names these decisions and changes.
    private func faults(_ decisions: [EventPayload], _ changes: [StateChange]) throws -> [String] {
        var pool = try started()
        do throws(StepMismatch) {
            try pool.take(TaskSubmitted(spec: spec), decides: decisions, changes: changes)
            return []
        } catch {
            #expect(pool.state.position == 5, "the step is taken nevertheless")
            #expect(error.observation == "task_submitted")
            return error.faults
        }
    }

    @Test("that does what its test names is no failure, and gives the events of the step")
    func asNamed() throws {
        #expect(try faults([queued, launch], changes) == [])
        var pool = try started()
        let events = try pool.take(TaskSubmitted(spec: spec), decides: [queued, launch])
        #expect(events.map(\.sequence) == [3, 4, 5])
        #expect(pool.state.tasks.contains(task))
    }

    @Test("fails on a decision that is not named")
    func unnamedDecision() throws {
        #expect(
            try faults([queued], changes) == [
                "decision 2 is not named: browser_launch_decided reason=demand deadline_ns=31000000000"
            ])
    }

    @Test("fails on a decision that is named and not taken")
    func missingDecision() throws {
        let succeeded = TaskSucceeded(task: task, itemsDone: 7).payload
        #expect(
            try faults([queued, launch, succeeded], changes) == [
                "decision 3 of the test is not taken: task_succeeded task=3 items_done=7"
            ])
    }

    @Test("fails on a decision with another field, and says which")
    func otherField() throws {
        let other = TaskQueued(task: task, reason: .submitted, itemsDone: 2).payload
        #expect(
            try faults([other, launch], changes) == ["decision 1, task_queued, has items_done 0, not 2"])
    }

    @Test("fails on decisions in another order")
    func otherOrder() throws {
        let faults = try faults([launch, queued], changes)
        #expect(faults.count == 1)
        #expect(faults.first?.hasSuffix("has another place than in the test") ?? false)
    }

    @Test("fails on a changed field that is not named")
    func unnamedChange() throws {
        #expect(
            try faults([queued, launch], changes.filter { $0.path != "pool.queue" }) == [
                "this is not named: pool.queue [] → [3]"
            ])
    }

    @Test("fails on an entity that comes and is not named, and shows its fields")
    func unnamedEntity() throws {
        #expect(
            try faults([queued, launch], changes.filter { $0.path != "obligation:5" }) == [
                "this is not named: obligation:5 added, id=5 kind=launch browser=5 task=3 "
                    + "decided_at_ns=1000000000"
            ])
    }

    @Test("fails on another value than the named one")
    func otherValue() throws {
        var changes = changes
        changes[3] = .changed("pool.queue", from: "[]", to: "[4]")
        #expect(
            try faults([queued, launch], changes) == ["pool.queue [] → [3], where the test says [] → [4]"])
    }

    @Test("fails on a change that does not come about, also on one that is named twice")
    func missingChange() throws {
        let stopping = StateChange.changed("pool.is_stopping", from: false, to: true)
        #expect(
            try faults([queued, launch], changes + [stopping, changes[0]]) == [
                "this does not come about: pool.is_stopping false → true",
                "this does not come about: task:3 added",
            ])
    }

    @Test("takes the fields of an entity that comes one by one as well")
    func fieldByField() throws {
        let fields: [StateChange] = [
            .changed("obligation:5.id", from: .none, to: 5),
            .changed("obligation:5.kind", from: .none, to: "launch"),
            .changed("obligation:5.browser", from: .none, to: .id(BrowserID(5))),
            .changed("obligation:5.task", from: .none, to: .id(task)),
            .changed("obligation:5.decided_at_ns", from: .none, to: 1_000_000_000),
        ]
        #expect(try faults([queued, launch], changes.filter { $0.path != "obligation:5" } + fields) == [])
    }

    @Test("names what goes")
    func removed() throws {
        var pool = try started()
        try pool.take(TaskSubmitted(spec: spec), decides: [queued, launch])
        try pool.take(
            TaskCancelRequested(task: task), decides: [.taskCancelled(TaskCancelled(task: task))],
            changes: [.removed("task:3"), .changed("pool.queue", from: "[3]", to: "[]")])
    }

    @Test("that turns an observation away does so as named, and changes nothing")
    func turnedAway() throws {
        var pool = try started()
        let request = TaskCancelRequested(task: task)
        try pool.take(request, turnedAway: .rejected(.unknownTask(task)))
        #expect(throws: StepMismatch.self) { try pool.take(request, turnedAway: .rejected(.stopping)) }
        #expect(throws: StepMismatch.self) { try pool.take(request, decides: [], changes: []) }
        #expect(throws: StepMismatch.self) {
            try pool.take(TaskSubmitted(spec: spec), turnedAway: .rejected(.stopping))
        }
    }

    @Test("describes a failure in lines that name the observation")
    func description() throws {
        var pool = try started()
        let error = #expect(throws: StepMismatch.self) {
            try pool.take(TaskSubmitted(spec: spec), decides: [queued, launch], changes: [changes[0]])
        }
        let lines = "\(try #require(error))".split(separator: "\n")
        #expect(lines.first == "task_submitted does not do what the test says:")
        #expect(lines.count == 5 && lines.dropFirst().allSatisfy { $0.hasPrefix("  this is not named: ") })
    }
}
