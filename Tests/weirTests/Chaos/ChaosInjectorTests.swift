import BrowserExecutor
import Foundation
import Pool
import PoolSimulator
import Projections
import Testing

@testable import weir

@Suite("Chaos, and what is printed of it")
struct ChaosInjectorTests {
    private static func injector(rate: Double = 1, faults: [InjectedFault] = [.gpuKilled]) -> ChaosInjector {
        ChaosInjector(faults: faults, rate: rate, seed: 5)
    }

    @Test(
        "comes at instants that follow from the seed, so many times a second on average",
        arguments: [0.1, 2.0])
    func pauses(rate: Double) {
        var (one, other) = (Self.injector(rate: rate), Self.injector(rate: rate))
        let pauses = (0..<2_000).map { _ in one.pause() }
        #expect(pauses == (0..<2_000).map { _ in other.pause() })
        let mean = pauses.reduce(.zero, +) / pauses.count / .seconds(1)
        #expect(abs(mean * rate - 1) < 0.1, "\(mean)")
        // Of an exponential distribution, 1 - 1/e are below the mean.
        let below = pauses.count { $0 / .seconds(1) < 1 / rate }
        #expect((1_190...1_340).contains(below), "\(below)")
    }

    @Test("strikes a browser that works rather than another, and none of whose last fault nothing was seen")
    func choice() throws {
        var pool = WarmPool(browsers: 2)
        var injector = Self.injector()
        func struck() -> BrowserID? { injector.choose(in: pool.state)?.1 }
        #expect(struck().map(pool.state.browsers.contains) == true)
        pool.take(
            TaskSubmitted(
                spec: TaskSpec(
                    model: "m", runtime: "wgsl", itemsTotal: 9, inputsCount: 1, backends: [.webgpu])))
        let working = try #require(pool.state.allocations.entities.first).browser
        injector = Self.injector()
        #expect(struck() == working)
        let other = struck()
        #expect(other != nil && other != working)
        #expect(struck() == nil)
        if let other { injector.forget(other) }
        #expect(struck() == other, "what was not done to it is not waited for")
        let incarnation = pool.state.browsers[working].incarnation
        pool.take(BrowserFailed(browser: working, incarnation: incarnation, evidence: .rendererKilled))
        #expect(struck() == working, "it is healed, and may be struck meanwhile")
        #expect(struck() == working, "and again: what it heals from is not seen by itself")
    }

    @Test("that is harmless may come again at once")
    func harmless() throws {
        let pool = WarmPool(browsers: 1)
        var injector = Self.injector(faults: [.hugeArrayBuffer])
        for _ in 0..<3 {
            let struck = injector.choose(in: pool.state)?.1
            #expect(struck == pool.state.browsers.ids.first)
        }
    }

    @Test("is told with what was seen, what was not, and how long it took")
    func report() throws {
        var pool = WarmPool(browsers: 2)
        let browsers = pool.state.browsers.ids
        for browser in browsers {
            pool.take(
                FaultInjected(
                    fault: .rendererKilled, browser: browser,
                    incarnation: pool.state.browsers[browser].incarnation))
        }
        let incarnation = pool.state.browsers[browsers[0]].incarnation
        pool.take(BrowserFailed(browser: browsers[0], incarnation: incarnation, evidence: .rendererKilled))
        let records = pool.events.reduce(into: InjectionHistory()) { $0.apply($1) }.injections
        var report = ChaosReport(figures: InjectionFigures.all(of: records))
        report.outputs = [.rendererKilled: .init(tasks: 2, equal: 1)]
        let lines = report.text.split(separator: "\n")
        #expect(lines[0].split(separator: " ").first == "FAULT")
        #expect(lines[1].hasPrefix("renderer_killed  2  20 ms"), "\(lines[1])")
        #expect(lines[1].hasSuffix("1 of 2"))
        let note = lines[2...].joined().split(separator: " ").joined(separator: " ")
        #expect(note.contains("renderer_killed 1×, nothing 1×"), "\(note)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [[String: Any]])
        #expect(object.first?["injected"] as? Int == 2 && object.first?["unseen"] as? Int == 1)
        #expect((object.first?["detection_ms"] as? [String: Any])?["p50"] as? Double == 20)
        #expect((object.first?["resumption_ms"] as? [String: Any])?["p50"] is NSNull)
        #expect(object.first?["equal_outputs"] as? Int == 1)
        #expect(ChaosReport(figures: []).text == "no fault was injected")
    }

    /// A pool whose browsers are all ready.
    private struct WarmPool {
        private(set) var state = PoolState()
        private(set) var events: [Event] = []

        init(browsers: UInt32) {
            take(
                EngineStarted(
                    revision: PoolState.decisionRevision, logID: Array(repeating: 7, count: 16),
                    holdTasks: false))
            take(PoolConfigured(policy: PoolPolicy(maxConnections: browsers, warmBrowsers: browsers)))
            for browser in state.browsers.ids {
                let facts = BrowserFacts(pid: 2, product: "Chrome/1", adapter: Adapter(vendor: "google"))
                take(
                    BrowserLaunched(
                        obligation: ObligationID(browser.sequence), browser: browser, facts: facts))
            }
        }

        mutating func take(_ message: some EventMessage) {
            let now = EventTime(nanoseconds: 1_700_000_000_000_000_000 + UInt64(events.count) * 10_000_000)
            if case .recorded(let step) = state.step(message.payload, at: now) { events += step }
        }
    }

    @Test("is listed with what is really done")
    func list() throws {
        for fault in InjectedFault.allCases {
            #expect(FaultList.text.contains("\(fault.name)"))
            #expect(!fault.actInWords.isEmpty)
        }
        #expect(FaultList.text.contains("SIGSTOP to the GPU process"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(FaultList.json.utf8)) as? [String: Any])
        let faults = try #require(object["faults"] as? [[String: Any]])
        #expect(faults.compactMap { $0["fault"] as? String } == InjectedFault.names)
        #expect(faults.first?["seen_as"] as? [String] == ["process_exited"])
        #expect(FaultList.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
