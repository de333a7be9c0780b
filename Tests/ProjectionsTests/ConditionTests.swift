import Pool
import Projections
import Testing

@Suite struct ConditionTests {
    private func underWay() -> Scenario {
        var scenario = Scenario()
        scenario.startEngine(browsers: 2)
        scenario.submit(items: 10)
        scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        return scenario
    }

    @Test(
        "a condition holds as its parts do",
        arguments: [
            ("tasks == 1", true), ("tasks > 1", false), ("tasks.running >= 1", true),
            ("tasks.queued != 0", false), ("browsers.busy == 1", true), ("recoveries < 1", true),
            ("task:3", true), ("!task:3", false), ("task:4", false), ("browser:5 && !browser:6", true),
            ("task:3.state == running", true), ("task:3.state != running", false),
            ("task:3.phase == \"running\"", true), ("task:3.items_done >= 4", true),
            ("task:3.items_done < task:3.spec.items_total", true),
            ("task:3.spec.model == digits", true), ("task:3.spec.model == \"other\"", false),
            ("task:3.recovery == none", true), ("task:4.items_done == none", true),
            ("task:4.items_done < 1", false), ("task:4.state == running", false),
            ("task:4.state != running", true),
            ("pool.is_configured", true), ("pool.is_stopping == false", true), ("pool.queue == 0", true),
            ("browser:5.allocations > 0", true), ("pool.last_event_at_ns > 1", true),
            ("pool.policy.max_connections == 2", true), ("browsers <= pool.policy.max_connections", true),
            ("pool.timers.lease.7 == none", false),
            ("task:4 || task:3", true), ("task:4 || task:3 && task:4", false),
            ("(task:3 || task:4) && !task:4", true), ("!(task:3 && task:4)", true), ("!!task:3", true),
            ("  tasks==1&&browsers==1 ", true),
        ])
    func holds(text: String, expected: Bool) throws {
        let scenario = underWay()
        try #require(scenario.last("browser_launch_decided").sequence == 5)
        try #require(scenario.last("task_granted").sequence == 7)
        #expect(try Condition(text).holds(in: scenario.state) == expected)
    }

    @Test(
        "a text that is no condition is refused with its place and what would be right",
        arguments: [
            ("", 1, "the end stands where a condition should"),
            ("task:12.state == runing", 18, "queued, granted, running"),
            ("task:12.state == succeeded", 18, "ask for !task:12"),
            ("tasks.succeeded > 0", 7, "has left the pool's state"),
            ("tasks.idle > 0", 7, "they are queued"),
            ("recoveries.open > 0", 12, "write recoveries alone"),
            ("task:12.item_done > 0", 9, "it has"),
            ("task:0", 1, "names nothing"),
            ("jobs > 0", 1, "tasks, browsers"),
            ("pool", 1, "name a field of it"),
            ("tasks", 6, "compare it, as in tasks > 0"),
            ("task:12.state", 14, "is not true or false by itself"),
            ("tasks = 1", 7, "write =="),
            ("tasks > 1 & task:3", 11, "write &&"),
            ("tasks > running", 9, "names nothing"),
            ("tasks > \"3\"", 9, "cannot be compared"),
            ("task:3 > 1", 8, "has no order"),
            ("task:3.spec.model < 3", 19, "has no order"),
            ("tasks > 1 tasks", 11, "is too much"),
            ("(tasks > 1", 11, "end what ( at column 1 begins"),
            ("tasks > 99999999999999999999", 9, "is no number"),
            ("task:3.spec.model == \"a", 22, "has no end"),
            ("tasks > 1 && # ", 14, "means nothing"),
            ("tasks >", 8, "a value is missing before the end"),
            ("tasks > (3)", 9, "a value is missing"),
        ])
    func refused(text: String, column: Int, hint: String) {
        do {
            _ = try Condition(text)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.column == column, "\(error)")
            #expect(error.problem.contains(hint), "\(error)")
            #expect("\(error)".contains(text))
        }
    }

    @Test("no text exhausts the stack")
    func deep() {
        let text = String(repeating: "(", count: 100_000) + "task:1"
        #expect(throws: ConditionError.self) { try Condition(text) }
        #expect(throws: ConditionError.self) {
            try Condition(String(repeating: "!", count: 100_000) + "task:1")
        }
    }
}
