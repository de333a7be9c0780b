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
        let incarnation = pool.state.browsers[working].incarnation
        pool.take(BrowserFailed(browser: working, incarnation: incarnation, evidence: .rendererKilled))
        #expect(struck() == working, "it is healed, and may be struck meanwhile")
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

    /// A pool whose browsers are all ready.
    private struct WarmPool {
        private(set) var state = PoolState()

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
            _ = state.step(message.payload, at: EventTime(nanoseconds: 1_700_000_000_000_000_000))
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
