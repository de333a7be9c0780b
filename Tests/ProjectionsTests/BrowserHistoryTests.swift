import Pool
import Projections
import Testing

@Suite struct BrowserHistoryTests {
    private func history(_ events: [Event]) -> BrowserHistory {
        events.reduce(into: BrowserHistory()) { $0.apply($1) }
    }

    @Test("a browser is launching, ready, busy, closing and retired")
    func life() throws {
        var scenario = Scenario()
        scenario.startEngine()
        _ = scenario.submit(items: 1)
        let id = BrowserID(scenario.last("browser_launch_decided").sequence)
        #expect(history(scenario.events)[id]?.status == .launching)
        scenario.launch(pid: 77)
        #expect(history(scenario.events)[id]?.status == .busy)
        #expect(history(scenario.events)[id]?.facts?.pid == 77)
        scenario.beginRun()
        scenario.progress(from: 0, count: 1)
        scenario.completeRun()
        #expect(history(scenario.events)[id]?.status == .ready)
        scenario.take(EngineStopRequested(reason: .finished))
        #expect(history(scenario.events)[id]?.status == .closing)
        scenario.close()
        let record = try #require(history(scenario.events)[id])
        #expect(record.status == .retired)
        #expect(record.launches == 1 && record.failures == 0 && record.grants == 1)
        #expect(record.lastEvidence == nil)
    }

    @Test("a failed browser keeps its id and gets a new incarnation")
    func relaunch() throws {
        var scenario = Scenario()
        scenario.startEngine()
        _ = scenario.submit()
        let id = scenario.launch()
        let first = try #require(history(scenario.events)[id]).incarnation
        scenario.fail(id)
        scenario.launch(pid: 101)
        let record = try #require(history(scenario.events)[id])
        #expect(record.launches == 2 && record.failures == 1 && record.grants == 2)
        #expect(record.incarnation > first)
        #expect(record.lastEvidence == .processExited)
        #expect(record.facts?.pid == 101)
    }

    @Test("a browser whose engine was killed is not shown as busy by the next engine")
    func engineKilled() {
        var scenario = Scenario()
        scenario.startEngine()
        _ = scenario.submit()
        let id = scenario.launch()
        #expect(history(scenario.events)[id]?.status == .busy)
        scenario.startEngine()
        #expect(history(scenario.events)[id]?.status != .busy)
    }

    @Test("what the history and the pool's state both know is the same after every step")
    func agreement() {
        var scenario = Scenario()
        scenario.startEngine(browsers: 2)
        _ = scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        scenario.fail(browser, processEnded: false)
        scenario.close()
        scenario.launch(pid: 102)
        scenario.startEngine()
        for mark in scenario.steps {
            let history = history(Array(scenario.events.prefix(mark.events)))
            let alive = history.browsers.filter { $0.status != .retired }
            #expect(alive.map(\.id) == mark.state.browsers.ids, "after event \(mark.events)")
            for browser in mark.state.browsers.entities {
                let record = history[browser.id]
                #expect(
                    record?.status.rawValue == browser.phase.name.description, "after event \(mark.events)")
                #expect(record?.incarnation == browser.incarnation)
                #expect(record.map { UInt32($0.failures) } == browser.failures)
            }
        }
    }

    @Test("a launch that takes too long counts as a failure, as in the pool's state")
    func launchTimeout() throws {
        var scenario = Scenario()
        scenario.startEngine()
        _ = scenario.submit()
        let decided = scenario.last("browser_launch_decided")
        let id = BrowserID(decided.sequence)
        #expect(scenario.fireTimer().kind == .launch)
        let record = try #require(history(scenario.events)[id])
        #expect(record.status == .closing)
        #expect(UInt32(record.failures) == scenario.state.browsers[id].failures)
        #expect(record.lastEvidence == .launchTimedOut)
    }
}
