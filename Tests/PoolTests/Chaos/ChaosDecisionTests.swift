import Testing

@testable import Pool

@Suite("A fault that is injected")
struct ChaosDecisionTests {
    private static func fault(_ fault: InjectedFault, on browser: BrowserID, in scenario: PoolScenario)
        -> FaultInjected
    {
        FaultInjected(
            fault: fault, browser: browser, incarnation: scenario.state.browsers[browser].incarnation, pid: 7,
            detail: "SIGKILL to the browser process")
    }

    @Test(
        "is recorded and decides nothing, nor changes anything but the position",
        arguments: InjectedFault.allCases)
    func recorded(_ fault: InjectedFault) {
        var scenario = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = scenario.running()
        let browser = scenario.browser(of: task)
        var before = scenario.state
        let injected = Self.fault(fault, on: browser, in: scenario)
        #expect(scenario.take(injected).map(\.payload) == [.faultInjected(injected)])
        before.position = scenario.state.position
        before.lastEventAt = scenario.state.lastEventAt
        #expect(scenario.state.canonicalBytes() == before.canonicalBytes())
    }

    @Test("is about its browser")
    func subjects() {
        var scenario = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = scenario.running()
        let browser = scenario.browser(of: task)
        let before = scenario.state
        let event = scenario.take(Self.fault(.gpuKilled, on: browser, in: scenario))[0]
        #expect(event.subjects(in: before) == EventSubjects(browser: browser))
        #expect(event.isObservation && event.cause == 0)
    }

    @Test("may strike a browser again while it is healed, and none that is not up")
    func standing() {
        var scenario = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = scenario.submit()
        let launching = scenario.state.browsers.ids[0]
        func isTaken() -> Bool {
            let injected = Self.fault(.browserKilled, on: launching, in: scenario)
            switch scenario.state.decide(injected.payload, at: scenario.state.lastEventAt) {
            case .recorded: return true
            case .rejected(.notUp(launching)): return false
            case .refused, .rejected: preconditionFailure("another refusal")
            }
        }
        #expect(!isTaken(), "launching")
        scenario.launch()
        #expect(isTaken(), "running task \(task)")
        scenario.take(scenario.failure(of: launching, .rendererKilled, processEnded: false))
        #expect(scenario.state.browsers[launching].phase == .healing)
        #expect(isTaken(), "healing")
        scenario.take(scenario.failure(of: launching, .processExited, processEnded: true))
        #expect(!isTaken(), "launched anew")
    }

    @Test("of another incarnation, or a browser that there is none of, is turned away")
    func unknown() {
        var scenario = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = scenario.running()
        let browser = scenario.browser(of: task)
        var injected = Self.fault(.browserKilled, on: browser, in: scenario)
        injected.incarnation = IncarnationID(injected.incarnation.sequence + 1)
        let now = scenario.state.lastEventAt
        #expect(scenario.state.decide(injected.payload, at: now) == .rejected(.notUp(browser)))
        injected.browser = BrowserID(999)
        #expect(scenario.state.decide(injected.payload, at: now) == .rejected(.notUp(BrowserID(999))))
        #expect(Rejection.notUp(BrowserID(999)).description.contains("browser 999 is not up"))
    }
}
