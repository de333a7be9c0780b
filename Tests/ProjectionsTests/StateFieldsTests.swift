import Pool
import Projections
import Testing

@Suite struct StateFieldsTests {
    /// A task that runs on a browser, with four of ten items done.
    private func underWay() -> (scenario: Scenario, task: TaskID, browser: BrowserID) {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit(items: 10)
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        return (scenario, task, browser)
    }

    @Test("everything in the state has a name and its fields, by the names of the schema")
    func entities() throws {
        let (scenario, task, browser) = underWay()
        let entities = scenario.state.entities
        let grant = scenario.last("task_granted").sequence
        let run = scenario.last("run_assigned").sequence
        #expect(
            entities.map(\.key.description)
                == ["pool", "task:\(task)", "browser:\(browser)", "allocation:\(grant)", "obligation:\(run)"])
        let described = try #require(scenario.state.entity(EntityKey(.task, task.sequence)))
        #expect(described["state"] == .name("running"))
        #expect(described["items_done"] == .number(4))
        #expect(described["spec.model"] == .text("digits"))
        #expect(described["spec.backends"] == .list([.name("webgpu")]))
        #expect(described["recovery"] == FieldValue.none)
        #expect(described["nothing"] == nil)
        let lease = try #require(scenario.state.allocations.entities.first).leaseDeadline
        #expect(entities[0]["timers.lease.\(grant)"] == .time(lease))
        #expect(entities[0]["policy.retry.budget"] == .number(5))
    }

    @Test("an element of a list of messages is named by its place")
    func elements() {
        let (scenario, _, browser) = underWay()
        let fields = FieldList(of: scenario.last("task_granted").payload).fields
        #expect(fields.contains(Field("candidates[0].browser", .number(browser.sequence))))
        #expect(fields.contains(Field("filtered.no_backend", .number(0))))
    }

    @Test("paths give counts, presence and fields; what is not there has no value")
    func paths() {
        let (scenario, task, _) = underWay()
        let key = EntityKey(.task, task.sequence)
        let state = scenario.state
        #expect(state.value(of: .count(.task, state: nil)) == .number(1))
        #expect(state.value(of: .count(.task, state: "running")) == .number(1))
        #expect(state.value(of: .count(.browser, state: "ready")) == .number(0))
        #expect(state.value(of: .entity(key)) == .truth(true))
        #expect(state.value(of: .entity(EntityKey(.browser, 999))) == .truth(false))
        #expect(state.value(of: .field(key, "spec.items_total")) == .number(10))
        #expect(state.value(of: .field(EntityKey(.task, 999), "items_done")) == FieldValue.none)
    }

    @Test("names of entities are read back, and nothing else is")
    func keys() {
        for kind in EntityKind.allCases {
            let key = kind == .pool ? EntityKey.pool : EntityKey(kind, 12)
            #expect(EntityKey(key.description) == key)
        }
        for wrong in ["", "task", "task:", "task:0", "task:x", "task:1:2", "tasks:1", "pool:1", "12"] {
            #expect(EntityKey(wrong) == nil, "\(wrong)")
        }
    }

    @Test("every field that a state has is one that its kind can have")
    func schema() {
        let (scenario, _, _) = underWay()
        for entity in scenario.state.entities {
            for field in entity.fields {
                #expect(entity.key.kind.type(of: field.path) != nil, "\(entity.key).\(field.path)")
            }
        }
        #expect(EntityKind.task.type(of: "checkpoint.size_bytes") == .number, "also while it is absent")
        #expect(EntityKind.browser.type(of: "backends[0].reason") == .text)
        #expect(EntityKind.pool.type(of: "tasks[0].id") == nil, "tasks have names of their own")
        #expect(EntityKind.pool.type(of: "timers.nothing.3") == nil)
        #expect(!EntityKind.pool.paths.contains { $0.hasPrefix("tasks") })
    }

    // MARK: Differences

    @Test("a state differs from itself in nothing, and an event that changes nothing makes no difference")
    func equal() {
        var (scenario, _, browser) = underWay()
        let before = scenario.state
        #expect(StateDifference(from: before, to: before).entities.isEmpty)
        scenario.take(
            MetricsSampled(browser: browser, incarnation: before.browsers[browser].incarnation))
        #expect(scenario.state.position == before.position + 1)
        #expect(StateDifference(from: before, to: scenario.state).entities.isEmpty)
    }

    @Test("what changed, came and went is told field by field")
    func difference() throws {
        var (scenario, task, browser) = underWay()
        let before = scenario.state
        scenario.progress(from: 4, count: 6)
        let progressed = StateDifference(from: before, to: scenario.state)
        let changed = try #require(progressed.entities.first { $0.key == EntityKey(.task, task.sequence) })
        #expect(changed.change == .changed)
        #expect(
            changed.fields == [FieldDifference(path: "items_done", old: .number(4), new: .number(10))])

        scenario.completeRun()
        let over = StateDifference(from: before, to: scenario.state)
        let gone = try #require(over.entities.first { $0.key == EntityKey(.task, task.sequence) })
        #expect(gone.change == .removed)
        #expect(gone.fields.contains { $0.path == "state" && $0.new == .none })
        #expect(gone.fields.allSatisfy { !$0.old.isEmpty })
        let idle = try #require(over.entities.first { $0.key == EntityKey(.browser, browser.sequence) })
        #expect(
            idle.fields.first == FieldDifference(path: "state", old: .name("busy"), new: .name("ready")))

        let back = StateDifference(from: scenario.state, to: before)
        #expect(back.entities.first { $0.key == EntityKey(.task, task.sequence) }?.change == .added)
        #expect(back.entities.count == over.entities.count)
    }
}
