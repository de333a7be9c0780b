/// How the adaptive strategy chooses: by what recoveries cost and rungs did before, in this log and nowhere else.
///
/// A strategy's cost is expected to be the mean of its recoveries after the same evidence and with a spare browser or
/// without one, together with one more that cost what it did after any evidence. Its bound is lower by
/// `exploration × s × √(ln N / (n + 1))`, n being its trials, N those of all, and s the mean of what all are expected to
/// cost: the lower confidence bound of UCB1 (Auer, Cesa-Bianchi, Fischer, Machine Learning 47, 2002) for costs. The least
/// bound is chosen, and a strategy of which nothing is known before any other.
struct AdaptiveChoice {
    /// The strategy chosen.
    let strategy: RecoveryStrategy
    /// What it was chosen on, in the order of the strategies.
    let estimates: [StrategyEstimate]

    /// Weight of what is not known, in thousandths.
    private static let explorationMilli: UInt64 = 250

    init(after evidence: Evidence, spare: Bool, _ experience: Experience) {
        var estimates = RecoveryStrategy.fixed.map { strategy -> StrategyEstimate in
            let known = experience.strategy(strategy, after: evidence, spare: spare)
            var estimate = StrategyEstimate(
                strategy: strategy, trials: known.trials, succeeded: known.succeeded)
            if let prior = experience.meanCostUs(of: strategy, spare: spare) {
                estimate.costUs = (known.costUs * UInt64(known.trials) + prior) / (UInt64(known.trials) + 1)
            }
            return estimate
        }
        let all = estimates.reduce(UInt64(1)) { $0 + UInt64($1.trials) }
        let scale = estimates.reduce(0) { $0 + $1.costUs } / UInt64(estimates.count)
        for index in estimates.indices {
            let trials = UInt64(estimates[index].trials) + 1
            let spread = FixedPoint.squareRoot(FixedPoint.lnMilli(all) * 1_000 / trials)
            let margin = scale * Self.explorationMilli / 1_000 * spread / 1_000
            estimates[index].boundUs = estimates[index].costUs - min(margin, estimates[index].costUs)
        }
        self.estimates = estimates
        strategy = estimates.min { $0.boundUs < $1.boundUs }?.strategy ?? .immediate
    }
}

extension RecoveryStrategy {
    /// Those that answer a failure; the adaptive one chooses among them.
    public static var fixed: [RecoveryStrategy] { [.immediate, .progressive, .coordinated, .parallel] }
}

extension BrowserState {
    /// The rungs that may be taken, and what healing is expected to take from each on: its own time, and, if it fails,
    /// what the ones after it take. A rung is taken to succeed once more than it did in so many trials and one, so that
    /// one that was never tried is hoped to heal at once; a new process that was never timed takes as long as it may.
    func rungEstimates(
        _ rungs: [Rung], after evidence: Evidence, _ experience: Experience, launchDeadlineMs: UInt64
    ) -> [RungEstimate] {
        var expected: UInt64 = 0
        var estimates: [RungEstimate] = []
        for rung in rungs.reversed() {
            let isRestart = rung == .restartBrowser
            let known = experience.rung(rung, after: isRestart ? nil : evidence)
            var estimate = RungEstimate(
                rung: rung, trials: known.trials, healed: known.healed, timeUs: known.timeUs)
            if isRestart {
                if known.trials == 0 { estimate.timeUs = launchDeadlineMs * 1_000 }
                expected = estimate.timeUs
            } else {
                let failed = UInt64(known.trials - known.healed)
                expected = known.timeUs + expected * failed / (UInt64(known.trials) + 1)
            }
            estimate.expectedUs = expected
            estimates.insert(estimate, at: 0)
        }
        return estimates
    }
}
