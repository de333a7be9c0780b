/// How the adaptive strategy chooses: by what recoveries cost before, in this log and nowhere else.
///
/// It begins with the parallel strategy. Nothing brings a task back sooner than a race of all that can, so what another
/// strategy can save is the lane time that the race takes from other tasks. It is left for the one that is known to cost
/// less: a strategy's cost is expected to be the mean of its recoveries after the same evidence, with as much of a spare
/// browser, together with four that cost what it did after any evidence, and no less than the time of the parallel one
/// without its race; and it must be less even if it is more by `c / √(n + 1)` after n trials, c being what the parallel
/// one costs. Where the race takes more than a fifth of that, the strategy that was tried least is tried at the 16th
/// trial, the 32nd, the 64th and so on. The coordinated strategy is never chosen: it is asked for by those whose tasks
/// must be resumed together, and not because it costs little.
struct AdaptiveChoice {
    /// The strategy chosen.
    let strategy: RecoveryStrategy
    /// Whether it was chosen to know more of it.
    let explores: Bool
    /// What it was chosen on, in the order in which it is chosen among equals.
    let estimates: [StrategyEstimate]

    private static let choices: [RecoveryStrategy] = [.parallel, .immediate, .progressive]
    /// Trials for which stands what is known after any evidence.
    private static let priorTrials: UInt64 = 4
    /// The first trial at which another strategy is tried.
    private static let firstExploration: UInt64 = 16

    init(after evidence: Evidence, spare: Spare, _ experience: Experience) {
        let totals = Self.choices.map { experience.total(of: $0, spare: spare) }
        let (usual, race) = (totals[0].costUs, totals[0].raceUs)
        estimates = zip(Self.choices, totals).map { strategy, total in
            let known = experience.strategy(strategy, after: evidence, spare: spare)
            let pooled = total.trials == 0 ? usual : total.costUs
            let trials = UInt64(known.trials)
            let mean = (known.costUs * trials + pooled * Self.priorTrials) / (trials + Self.priorTrials)
            let cost = strategy == .parallel ? mean : max(mean, usual - min(race, usual))
            let doubt = FixedPoint.squareRoot(1_000_000 / (UInt64(total.trials) + 1))
            let margin = strategy == .parallel ? 0 : usual * doubt / 1_000
            return StrategyEstimate(
                strategy: strategy, trials: known.trials, succeeded: known.succeeded, costUs: cost,
                boundUs: cost + margin)
        }
        let trial = totals.reduce(UInt64(1)) { $0 + UInt64($1.trials) }
        let best = estimates.min { $0.boundUs < $1.boundUs }?.strategy ?? .parallel
        let leastTried = totals.min { $0.trials < $1.trials }?.strategy ?? best
        explores =
            trial >= Self.firstExploration && trial.nonzeroBitCount == 1 && race > usual / 5
            && leastTried != best
        strategy = explores ? leastTried : best
    }
}

extension RecoveryStrategy {
    /// Those that answer a failure; the adaptive one chooses among them.
    public static var fixed: [RecoveryStrategy] { [.immediate, .progressive, .coordinated, .parallel] }
}

extension BrowserState {
    /// The rungs that may be taken, and what it is expected to take from each on until a run has started: its own time,
    /// then the start, which is long after a rung that loses the model, or, if it fails, what the ones after it take. A
    /// rung is taken to succeed once more than it did in so many trials and one, so that one that was never tried is
    /// hoped to heal at once; a new process that was never timed takes as long as it may.
    func rungEstimates(
        _ rungs: [Rung], after evidence: Evidence, _ experience: Experience, launchDeadlineMs: UInt64
    ) -> [RungEstimate] {
        var expected: UInt64 = 0
        var estimates: [RungEstimate] = []
        for rung in rungs.reversed() {
            let isRestart = rung == .restartBrowser
            let known = experience.rung(rung, after: isRestart ? nil : evidence)
            var estimate = RungEstimate(
                rung: rung, trials: known.trials, healed: known.healed, timeUs: known.timeUs,
                startUs: known.startUs)
            if isRestart {
                if known.trials == 0 { estimate.timeUs = launchDeadlineMs * 1_000 }
                expected = estimate.timeUs + estimate.startUs
            } else {
                let (failed, trials) = (UInt64(known.trials - known.healed), UInt64(known.trials) + 1)
                expected = known.timeUs + (expected * failed + known.startUs * (trials - failed)) / trials
            }
            estimate.expectedUs = expected
            estimates.insert(estimate, at: 0)
        }
        return estimates
    }
}
