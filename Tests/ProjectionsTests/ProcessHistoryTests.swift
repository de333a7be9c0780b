import Pool
import Projections
import Testing

@Suite("What led to a failure")
struct ProcessHistoryTests {
    /// The slice of the last event of a scenario that tells of a failure.
    private func slice(_ scenario: Scenario) throws -> FailureSlice {
        let place = try #require(scenario.events.lastIndex { ProcessHistory.tellsFailure($0.payload) })
        let history = scenario.events[..<place].reduce(into: ProcessHistory()) { $0.apply($1) }
        return try history.slice(of: scenario.events[place])
    }

    private func inject(_ fault: InjectedFault, into browser: BrowserID, of scenario: inout Scenario) {
        scenario.take(
            FaultInjected(
                fault: fault, browser: browser, incarnation: scenario.state.browsers[browser].incarnation))
    }

    /// A browser that has run one task and runs another.
    private func running() -> (scenario: Scenario, tasks: [TaskID], browser: BrowserID) {
        var scenario = Scenario()
        scenario.startEngine()
        let first = scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 10)
        scenario.completeRun()
        let second = scenario.submit(items: 30)
        scenario.beginRun()
        return (scenario, [first, second], browser)
    }

    @Test("has the runs of the process in order, with their items, and the one that it struck")
    func runs() throws {
        var (scenario, tasks, browser) = running()
        scenario.progress(from: 0, count: 4)
        scenario.fail(browser)
        let slice = try slice(scenario)
        #expect(slice.failure.evidence == .processExited && slice.failure.runFailure == nil)
        #expect(slice.failure.browser == browser)
        #expect(slice.failure.incarnation == IncarnationID(browser.sequence))
        #expect(slice.runs.map(\.task) == tasks)
        #expect(slice.runs.map(\.open) == [false, true] && slice.runs.map(\.failing) == [false, true])
        #expect(slice.runs.map(\.items) == [0..<10, 0..<30] && slice.runs.map(\.itemsDone) == [10, 4])
        #expect(slice.failingRun?.nextItem == 4)
        #expect(slice.facts?.product == "Chrome/1" && slice.healedBefore == 0)
        #expect(try FailureSlice(decoding: slice.encoded()) == slice)
    }

    @Test("has what the model carried on to the first item of a run")
    func state() throws {
        var (scenario, _, browser) = running()
        let state = Payload(inline: [5], sizeBytes: 1)
        guard case .runAssigned(let assigned) = scenario.last("run_assigned").payload else { return }
        scenario.take(
            RunProgressed(
                obligation: ObligationID(scenario.last("run_assigned").sequence),
                allocation: assigned.allocation, firstItem: 0, itemCount: 4,
                outputs: Payload(inline: [91, 93], sizeBytes: 2), state: state))
        scenario.fail(browser)
        #expect(try slice(scenario).failingRun.map { $0.stateful && $0.checkpoint == nil } == true)
        scenario.launch(pid: 101)
        scenario.beginRun()
        scenario.fail(browser)
        let second = try #require(try slice(scenario).failingRun)
        #expect(second.firstItem == 4 && second.checkpoint == state && second.stateful)
    }

    @Test("is told of a browser that the pool alone gave up by its recovery")
    func givenUp() throws {
        var (scenario, tasks, browser) = running()
        scenario.progress(from: 0, count: 4)
        var lease = scenario.fireTimer()
        while lease.kind != .lease { lease = scenario.fireTimer() }
        let place = try #require(
            scenario.events.lastIndex { if case .recoveryBegan = $0.payload { true } else { false } })
        let history = scenario.events[..<place].reduce(into: ProcessHistory()) { $0.apply($1) }
        let slice = try history.slice(of: scenario.events[place])
        #expect(slice.failure.browser == browser && slice.failure.evidence == .heartbeatMissed)
        #expect(slice.failingRun?.task == tasks[1] && slice.failingRun?.nextItem == 4)
    }

    @Test("of a failed run names that run, though the browser stays usable")
    func failedRun() throws {
        var (scenario, tasks, _) = running()
        guard case .runAssigned(let assigned) = scenario.last("run_assigned").payload else { return }
        let run = ObligationID(scenario.last("run_assigned").sequence)
        scenario.progress(from: 0, count: 7)
        scenario.take(
            RunFailed(
                obligation: run, allocation: assigned.allocation, failure: .shaderInvalid, detail: "no"))
        let slice = try slice(scenario)
        #expect(slice.failure.runFailure == .shaderInvalid && slice.failure.evidence == nil)
        #expect(slice.failure.name == "shader_invalid" && slice.failure.detail == "no")
        #expect(slice.failingRun?.task == tasks[1] && slice.failingRun?.nextItem == 7)
    }

    @Test("has what was injected, with the run and the item that it came at")
    func faults() throws {
        var (scenario, _, browser) = running()
        inject(.hugeArrayBuffer, into: browser, of: &scenario)
        scenario.progress(from: 0, count: 8)
        inject(.browserKilled, into: browser, of: &scenario)
        scenario.fail(browser)
        let slice = try slice(scenario)
        #expect(slice.faults.map(\.fault) == [.hugeArrayBuffer, .browserKilled])
        #expect(slice.faults.map(\.runsBefore) == [2, 2] && slice.faults.map(\.nextItem) == [0, 8])
        #expect(slice.faults.map(\.underWay) == [true, true])
    }

    @Test("does not have what another process of the browser ran, nor what it ran before it was healed")
    func processes() throws {
        var (scenario, tasks, browser) = running()
        inject(.browserKilled, into: browser, of: &scenario)
        scenario.progress(from: 0, count: 4)
        scenario.fail(browser)
        scenario.launch(pid: 101)
        scenario.beginRun()
        scenario.progress(from: 4, count: 3)
        scenario.fail(browser)
        let second = try slice(scenario)
        #expect(second.runs.map(\.task) == [tasks[1]] && second.faults.isEmpty)
        #expect(second.runs.map(\.items) == [4..<30] && second.failingRun?.nextItem == 7)
        #expect(second.facts?.pid == 101)
        #expect(second.failure.incarnation != IncarnationID(browser.sequence))
    }

    @Test("is refused of what tells of no failure, and of a simulation")
    func refusals() {
        let (scenario, _, browser) = running()
        let history = scenario.events.reduce(into: ProcessHistory()) { $0.apply($1) }
        #expect(throws: SliceRefusal.noFailure) { try history.slice(of: scenario.events[0]) }
        var simulated = Scenario()
        simulated.startEngine(simulated: true)
        let other = simulated.events.reduce(into: ProcessHistory()) { $0.apply($1) }
        let failure = Event(
            sequence: 99, at: .zero, cause: 0, payload: BrowserFailed(browser: browser).payload)
        #expect(throws: SliceRefusal.simulated) { try other.slice(of: failure) }
    }

    @Test("is refused where the process was launched before what the log has")
    func archived() throws {
        var (scenario, _, browser) = running()
        var history = ProcessHistory(continuing: scenario.state)
        let failure = Event(
            sequence: 99, at: .zero, cause: 0, payload: BrowserFailed(browser: browser).payload)
        #expect(throws: SliceRefusal.processUnknown) { try history.slice(of: failure) }
        let first = scenario.events.count
        scenario.fail(browser)
        scenario.launch(pid: 101)
        scenario.beginRun()
        for event in scenario.events[first...] { history.apply(event) }
        #expect(try history.slice(of: failure).runs.map(\.items) == [0..<30])
    }
}
