import BrowserExecutor
import Foundation
import Pool
import PoolEngine
import PoolSimulator

/// Injects faults into the browsers of a pool, at instants that follow from a seed: a Poisson process, whose pauses have
/// an exponential distribution.
struct ChaosInjector: Disturbance {
    let faults: [InjectedFault]
    /// Faults per second, on average.
    let rate: Double
    private var random: SplitMix64
    /// What was done to browsers last that does harm.
    private var struck: [BrowserID: Strike] = [:]

    /// A browser as it was when it was struck.
    private struct Strike {
        var incarnation: IncarnationID
        var failures: UInt32
        var at: EventTime

        /// Whether the fault may still show: nothing was seen of the browser since, and not too much time has passed.
        func isPending(on browser: BrowserState, at now: EventTime) -> Bool {
            browser.incarnation == incarnation && browser.failures == failures
                && now < at.adding(milliseconds: ChaosInjector.patienceMs)
        }
    }

    /// By then even what hangs was seen.
    private static let patienceMs: UInt64 = 60_000

    /// - Parameters:
    ///   - faults: At least one.
    ///   - rate: Above 0.
    init(faults: [InjectedFault], rate: Double, seed: UInt64) {
        self.faults = faults
        self.rate = rate
        random = SplitMix64(seed: seed)
    }

    func adjust(_ configuration: inout BrowserExecutor.Configuration) {
        ChaosLimits.set(in: &configuration, for: faults)
    }

    func run(on engine: PoolEngine) async {
        var injector = self
        while (try? await Task.sleep(for: injector.pause())) != nil {
            guard await engine.failure == nil else { return }
            guard let (fault, browser) = injector.choose(in: await engine.state) else { continue }
            // What is gone in the meantime, or not there yet, cannot be struck; the next fault finds what it can do.
            if (try? await engine.inject(fault, into: browser)) == nil { injector.forget(browser) }
        }
    }

    /// What was chosen last for a browser was not done.
    mutating func forget(_ browser: BrowserID) { struck[browser] = nil }

    /// Time until the next fault: -ln(1 - u) / rate for u equally distributed over 0 to 1.
    mutating func pause() -> Duration {
        let share = Double(random.next() >> 11) / Double(1 << 53)
        return .nanoseconds(Int64(min(-log(1 - share) / rate, 3_600) * 1e9))
    }

    /// A fault, and a browser that is up: one that runs a task rather than another, and none of whose last fault nothing
    /// was seen yet. Nil when there is none.
    mutating func choose(in state: PoolState) -> (InjectedFault, BrowserID)? {
        let fault = random.pick(faults)
        let now = state.lastEventAt
        let up = state.browsers.entities.filter { browser in
            browser.isUp && struck[browser.id]?.isPending(on: browser, at: now) != true
        }
        let working = up.filter { !$0.allocations.isEmpty }
        guard !up.isEmpty else { return nil }
        let browser = random.pick(working.isEmpty ? up : working)
        // What strikes a browser that is being healed may be healed with the rest, and not be seen by itself.
        if !fault.isHarmless, browser.isUsable {
            struck[browser.id] = Strike(
                incarnation: browser.incarnation, failures: browser.failures, at: now)
        }
        return (fault, browser.id)
    }
}
