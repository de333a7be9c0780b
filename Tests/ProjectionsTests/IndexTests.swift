import Pool
import Projections
import Testing

@Suite struct TaskResultsTests {
    @Test("the results of one task are found over all its runs, and no other task's")
    func results() {
        var scenario = Scenario()
        scenario.startEngine()
        let first = scenario.submit(items: 10)
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        scenario.fail(browser)
        scenario.launch(pid: 101)
        scenario.beginRun()
        scenario.progress(from: 4, count: 6)
        scenario.completeRun()
        let second = scenario.submit(items: 1)
        scenario.beginRun()
        scenario.progress(from: 0, count: 1)
        scenario.completeRun()
        func parts(_ task: TaskID) -> [TaskResults.Part] {
            scenario.events.reduce(into: TaskResults(of: task)) { $0.apply($1) }.parts
        }
        #expect(parts(first).map(\.firstItem) == [0, 4])
        #expect(parts(first).map(\.itemCount) == [4, 6])
        #expect(parts(first).allSatisfy { $0.outputs.inline == [91, 93] })
        #expect(parts(second).map(\.itemCount) == [1])
        #expect(parts(TaskID(1)).isEmpty)
    }
}

@Suite struct EntityIndexTests {
    @Test("every event is filed under the task and the browser that it is about")
    func subjects() {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit(items: 10)
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        scenario.fail(browser)
        scenario.launch(pid: 101)
        scenario.beginRun()
        scenario.progress(from: 4, count: 6)
        scenario.completeRun()
        scenario.take(EngineStopRequested(reason: .finished))
        scenario.close()
        var index = EntityIndex()
        var found: [String: EventSubjects] = [:]
        for event in scenario.events {
            index.apply(event)
            found[event.payload.name.description] = index.current
        }
        let ofTask = [
            "task_submitted", "task_queued", "task_granted", "run_assigned", "run_started", "run_progressed",
            "run_completed", "allocation_released", "recovery_began", "rung_started", "recovery_committed",
            "task_succeeded",
        ]
        for name in ofTask { #expect(found[name]?.task == task, "\(name)") }
        let ofBrowser = [
            "browser_launch_decided", "browser_launched", "browser_failed", "browser_close_decided",
            "browser_closed", "browser_retired", "task_granted", "run_assigned", "run_started",
            "run_progressed", "run_completed", "allocation_released",
        ]
        for name in ofBrowser { #expect(found[name]?.browser == browser, "\(name)") }
        for name in ["engine_started", "pool_configured", "engine_stop_requested"] {
            #expect(found[name]?.task == nil && found[name]?.browser == nil, "\(name)")
        }
    }

    @Test("a timer is filed under what it was set for")
    func timers() {
        var scenario = Scenario()
        scenario.startEngine()
        _ = scenario.submit()
        let browser = scenario.last("browser_launch_decided").sequence
        #expect(scenario.fireTimer().kind == .launch)
        var index = EntityIndex()
        for event in scenario.events {
            index.apply(event)
            if case .timerFired = event.payload { break }
        }
        #expect(index.current.browser == BrowserID(browser))
    }
}
