import Pool
import Projections
import Testing

@Suite("The history of injected faults")
struct InjectionHistoryTests {
    private func history(_ scenario: Scenario) -> InjectionHistory {
        scenario.events.reduce(into: InjectionHistory()) { $0.apply($1) }
    }

    private func inject(_ fault: InjectedFault, into browser: BrowserID, of scenario: inout Scenario) {
        scenario.take(
            FaultInjected(
                fault: fault, browser: browser, incarnation: scenario.state.browsers[browser].incarnation))
    }

    /// A browser that runs a task of which nothing is recorded.
    private func running() -> (scenario: Scenario, task: TaskID, browser: BrowserID) {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        return (scenario, task, browser)
    }

    @Test("tells what was seen, what healed, and when the work ran again, each a second after the other")
    func life() throws {
        var (scenario, task, browser) = running()
        inject(.browserKilled, into: browser, of: &scenario)
        #expect(history(scenario).injections.map(\.detectedAt) == [nil])
        scenario.fail(browser)
        var record = try #require(history(scenario).injections.first)
        #expect(record.evidence == .processExited && record.detectionNs == 1_000_000_000)
        #expect(record.interrupted == [task] && record.resumedAt == nil && record.rung == nil)
        scenario.launch(pid: 101)
        scenario.beginRun()
        record = try #require(history(scenario).injections.first)
        #expect(record.rung == .restartBrowser)
        #expect(record.resumptionNs == 3_000_000_000)
        #expect(!record.hasMoved)
        let whole = history(scenario).injections
        let figures = try #require(InjectionFigures.all(of: whole).first)
        #expect(figures.injected == 1 && figures.unseen == 0 && figures.moved == 0)
        #expect(figures.seen == ["process_exited": 1] && figures.healed == ["restart_browser": 1])
        #expect(figures.detectionNs.value(percent: 50) == 1_000_000_000)
        #expect(figures.resumptionNs.value(percent: 99) == 3_000_000_000)
    }

    @Test("tells of a browser that is given up for its silence, which is no failure that anything reports")
    func silence() throws {
        var (scenario, task, browser) = running()
        scenario.take(
            BrowserHeartbeat(
                browser: browser, incarnation: scenario.state.browsers[browser].incarnation, answerMs: 1))
        inject(.browserStopped, into: browser, of: &scenario)
        #expect(scenario.fireTimer().kind == .heartbeat)
        #expect(history(scenario).injections.map(\.seen) == [nil])
        #expect(scenario.fireTimer().kind == .heartbeat)
        let record = try #require(history(scenario).injections.first)
        #expect(record.evidence == .heartbeatMissed && record.interrupted == [task])
    }

    @Test(
        "puts what is seen down to the last fault that does harm, and to a harmless one only for want of others"
    )
    func attribution() {
        var (scenario, _, browser) = running()
        inject(.gpuStopped, into: browser, of: &scenario)
        inject(.hugeArrayBuffer, into: browser, of: &scenario)
        scenario.fail(browser)
        #expect(history(scenario).injections.map(\.seen) == ["process_exited", nil])
        scenario.launch(pid: 101)
        scenario.beginRun()
        // What was done to the process before is not seen in this one.
        inject(.shaderInvalid, into: browser, of: &scenario)
        scenario.fail(browser)
        #expect(history(scenario).injections.map(\.seen) == ["process_exited", nil, "process_exited"])
        let figures = InjectionFigures.all(of: history(scenario).injections)
        #expect(figures.map(\.fault) == [.hugeArrayBuffer, .gpuStopped, .shaderInvalid])
        #expect(figures.map(\.unseen) == [1, 0, 0])
    }

    @Test("of a fault of a browser that runs nothing has nothing that was interrupted")
    func idle() throws {
        var (scenario, _, browser) = running()
        scenario.progress(from: 0, count: 10)
        scenario.completeRun()
        inject(.browserKilled, into: browser, of: &scenario)
        scenario.fail(browser)
        let record = try #require(history(scenario).injections.first)
        #expect(record.evidence == .processExited && record.interrupted.isEmpty)
        #expect(record.resumptionNs == nil)
    }

    @Test("does not wait for a task that ended")
    func ended() throws {
        var scenario = Scenario()
        scenario.startEngine()
        let task = scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        inject(.browserKilled, into: browser, of: &scenario)
        scenario.fail(browser)
        scenario.take(TaskCancelRequested(task: task))
        let record = try #require(history(scenario).injections.first)
        #expect(record.interrupted == [task] && record.resumedAt == nil)
    }

    @Test("of a log whose beginning is in an archive begins with the state there")
    func continuing() {
        var (scenario, task, browser) = running()
        var history = InjectionHistory(continuing: scenario.state)
        let first = scenario.events.count
        inject(.browserKilled, into: browser, of: &scenario)
        scenario.fail(browser)
        for event in scenario.events[first...] { history.apply(event) }
        #expect(history.injections.map(\.evidence) == [.processExited])
        #expect(history.injections.map(\.interrupted) == [[task]])
    }

    @Test("is told in the story of the browser")
    func sentence() {
        let event = Event(
            sequence: 9, at: .zero, cause: 0,
            payload: FaultInjected(
                fault: .gpuStopped, browser: BrowserID(4), detail: "SIGSTOP to the GPU process"
            ).payload)
        #expect(
            event.sentence(about: EventSubjects(browser: BrowserID(4)))
                == "a fault was to be done to browser 4 on purpose (gpu stopped): SIGSTOP to the GPU process")
    }
}
