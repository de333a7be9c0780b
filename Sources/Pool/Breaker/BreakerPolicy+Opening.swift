/// When a breaker opens, and for how long: the same for a browser and for a model on a kind of browser.
extension BreakerPolicy {
    /// Whether a breaker opens that stands in a phase and has counted so many failures in a row: at as many as the policy
    /// bears, and at the first one while it is half-open.
    func opens(_ phase: BreakerPhase?, strikes: UInt32) -> Bool {
        guard failures > 0 else { return false }
        return phase == .halfOpen || (phase == nil && strikes >= failures)
    }

    /// How long a breaker stays open that was opened so many times in a row before, in milliseconds: each time for twice
    /// as long.
    func openMs(after openings: UInt32) -> UInt64 {
        let (doubled, overflow) = baseMs.multipliedReportingOverflow(by: 1 << UInt64(min(openings, 40)))
        return overflow ? maxMs : min(doubled, maxMs)
    }
}
