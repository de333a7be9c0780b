import Pool
import PoolEngine
import Testing

@testable import PoolSimulator
@testable import Projections

@Suite("Browsers from which work is kept")
struct BrowserStatusTests {
    @Test("are shown as such by the history as by the state, after every event")
    func agree() throws {
        let kept: Set<BrowserStatus> = [.quarantined, .suspected, .recycling]
        var seen: Set<BrowserStatus> = []
        for seed in 1...60 as ClosedRange<UInt64> {
            let log = Simulation(.drawn(seed: seed, faults: .all)).run().log
            var (state, history) = (PoolState(), BrowserHistory())
            try log.forEachEvent { event, _ in
                state.evolve(event)
                history.apply(event)
                for browser in state.browsers.entities {
                    let status = BrowserStatus(of: browser)
                    let shown = history[browser.id]?.status
                    guard kept.contains(status) || shown.map(kept.contains) ?? true else { continue }
                    #expect(shown == status, "seed \(seed), event \(event.sequence)")
                    seen.insert(status)
                }
            }
            let continued = BrowserHistory(continuing: state)
            for browser in state.browsers.entities {
                #expect(continued[browser.id]?.status == BrowserStatus(of: browser), "seed \(seed)")
            }
        }
        #expect(seen == kept)
    }
}
