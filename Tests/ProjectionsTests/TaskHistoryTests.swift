import Pool
import Projections
import Testing

@Suite struct TaskHistoryTests {
    private func history(_ events: [Event]) -> TaskHistory {
        events.reduce(into: TaskHistory()) { $0.apply($1) }
    }

    @Test("a task goes from queued to succeeded, with its items, timings and provenance")
    func success() throws {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit(items: 10)
        #expect(history(scenario.events)[task]?.status == .queued)
        let browser = scenario.launch()
        #expect(history(scenario.events)[task]?.status == .granted)
        scenario.beginRun()
        #expect(history(scenario.events)[task]?.status == .running)
        scenario.progress(from: 0, count: 6)
        scenario.progress(from: 6, count: 4, ms: 3)
        #expect(history(scenario.events)[task]?.itemsDone == 10)
        scenario.completeRun()
        let record = try #require(history(scenario.events)[task])
        #expect(record.status == .succeeded && record.status.isTerminal)
        #expect(record.runMs == 5)
        #expect(record.metrics?.runMs == 7)
        #expect(record.provenance?.model == "digits")
        #expect(record.browsers == [browser])
        #expect(record.recoveries == 0)
        #expect(record.endedAt == scenario.last("task_succeeded").at)
        #expect(record.submittedAt == scenario.last("task_submitted").at)
        #expect(scenario.state.tasks.isEmpty, "the pool has forgotten what the history keeps")
    }

    @Test("a failed browser makes its task recovering until it runs again")
    func recovery() throws {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        scenario.fail(browser)
        let recovering = try #require(history(scenario.events)[task])
        #expect(recovering.status == .recovering)
        #expect(recovering.recoveries == 1)
        scenario.launch(pid: 101)
        scenario.beginRun()
        let running = try #require(history(scenario.events)[task])
        #expect(running.status == .running)
        #expect(running.itemsDone == 4)
        #expect(running.browsers == [browser, browser])
        scenario.progress(from: 4, count: 6)
        scenario.completeRun()
        #expect(history(scenario.events)[task]?.itemsDone == 10)
    }

    @Test("without fault tolerance a failed browser fails its task, with the reason")
    func failure() throws {
        var scenario = Scenario()
        scenario.startEngine(faultTolerance: false)
        let task = scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.fail(browser)
        let record = try #require(history(scenario.events)[task])
        #expect(record.status == .failed)
        #expect(record.failure == .faultToleranceOff)
        #expect(record.endedAt != .zero)
    }

    @Test("a cancelled task, a suspended one and a resumed one are told apart")
    func ends() throws {
        var scenario = Scenario()
        scenario.startEngine()
        let cancelled = scenario.submit()
        scenario.take(TaskCancelRequested(task: cancelled))
        let suspended = scenario.submit()
        scenario.launch()
        scenario.beginRun()
        scenario.take(EngineStopRequested(reason: .interrupted))
        #expect(history(scenario.events)[cancelled]?.status == .cancelled)
        #expect(history(scenario.events)[suspended]?.status == .suspended)
        scenario.startEngine()
        #expect(history(scenario.events)[suspended]?.status == .suspended)
        scenario.take(TaskResumeRequested(task: suspended))
        #expect(history(scenario.events)[suspended]?.status == .queued)
        #expect(history(scenario.events).tasks.map(\.id) == [cancelled, suspended])
        #expect(history(scenario.events)[TaskID(1)] == nil)
    }

    @Test("a task that ran when its engine was killed is suspended by the next one")
    func engineKilled() {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit()
        scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 3)
        scenario.startEngine()
        #expect(history(scenario.events)[task]?.status == .suspended)
        #expect(history(scenario.events)[task]?.itemsDone == 3)
    }

    @Test("what the history and the pool's state both know is the same after every step")
    func agreement() {
        var scenario = Scenario()
        scenario.startEngine(browsers: 2)
        _ = scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        _ = scenario.submit()
        scenario.fail(browser, processEnded: false)
        scenario.close()
        scenario.launch(pid: 102)
        scenario.startEngine()
        for (count, state) in scenario.steps {
            let history = history(Array(scenario.events.prefix(count)))
            let unfinished = history.tasks.filter { !$0.status.isTerminal }
            #expect(unfinished.map(\.id) == state.tasks.ids)
            for task in state.tasks.entities {
                let record = history[task.id]
                #expect(record?.itemsDone == task.itemsDone, "after event \(count)")
                #expect(record?.spec == task.spec)
                #expect((record?.status == .suspended) == (task.phase == .suspended))
                #expect((record?.status == .running) == (task.phase == .running), "after event \(count)")
            }
        }
    }
}
