/// What recoveries have cost and rungs have done so far, for those who choose by it: bounded by the kinds of evidence,
/// strategies and rungs that there are.
public struct Experience: Sendable, Equatable {
    /// In the order of evidence, spare and strategy.
    private(set) var strategies: [StrategyExperience] = []
    /// In the order of evidence and rung, those without evidence first.
    private(set) var rungs: [RungExperience] = []

    init() {}

    /// More trials than these are not counted, and no time is taken for longer than a day.
    private static let mostTrials: UInt32 = 1_000_000
    private static let longestUs = PoolPolicy.timeLimitMs * 1_000

    /// Whether it is what events can have given: in order, each entry there once, and within its bounds.
    var isSound: Bool {
        zip(strategies, strategies.dropFirst()).allSatisfy { $0.order < $1.order }
            && zip(rungs, rungs.dropFirst()).allSatisfy { $0.order < $1.order }
            && strategies.allSatisfy {
                $0.succeeded <= $0.trials && $0.trials <= Self.mostTrials && $0.costUs <= Self.longestUs
                    && $0.raceUs <= Self.longestUs
            }
            && rungs.allSatisfy {
                $0.healed <= $0.trials && $0.trials <= Self.mostTrials && $0.timeUs <= Self.longestUs
                    && $0.starts <= Self.mostTrials && $0.startUs <= Self.longestUs
            }
    }

    /// Takes in a recovery that has ended, after a time in microseconds and such lane time that its race took.
    mutating func record(
        _ strategy: RecoveryStrategy, _ evidence: Evidence, spare: Spare, succeeded: Bool, timeUs: UInt64,
        raceUs: UInt64
    ) {
        let new = StrategyExperience(evidence: evidence, spare: spare, strategy: strategy)
        let place = strategies.firstIndex { $0.order >= new.order } ?? strategies.endIndex
        if place == strategies.endIndex || strategies[place].order != new.order {
            strategies.insert(new, at: place)
        }
        if strategies[place].trials < Self.mostTrials {
            strategies[place].trials += 1
            strategies[place].succeeded += succeeded ? 1 : 0
        }
        let parts = min(strategies[place].trials, Self.memory)
        let race = min(raceUs, Self.longestUs / 2)
        strategies[place].costUs = FixedPoint.moving(
            strategies[place].costUs, towards: min(timeUs, Self.longestUs / 2) + race, by: parts)
        strategies[place].raceUs = FixedPoint.moving(strategies[place].raceUs, towards: race, by: parts)
    }

    /// Takes in a rung that has ended, after a time in microseconds.
    mutating func record(_ rung: Rung, _ evidence: Evidence?, healed: Bool, timeUs: UInt64) {
        let place = place(of: rung, after: evidence)
        if rungs[place].trials < Self.mostTrials {
            rungs[place].trials += 1
            rungs[place].healed += healed ? 1 : 0
        }
        rungs[place].timeUs = FixedPoint.moving(
            rungs[place].timeUs, towards: min(timeUs, Self.longestUs),
            by: min(rungs[place].trials, Self.memory))
    }

    /// Takes in how long the first run on a browser took to start that a rung had healed, in microseconds.
    mutating func recordStart(after rung: Rung, _ evidence: Evidence?, timeUs: UInt64) {
        let place = place(of: rung, after: evidence)
        rungs[place].starts = min(rungs[place].starts + 1, Self.mostTrials)
        rungs[place].startUs = FixedPoint.moving(
            rungs[place].startUs, towards: min(timeUs, Self.longestUs),
            by: min(rungs[place].starts, Self.memory))
    }

    /// Where a rung is, which is put there if it is new.
    private mutating func place(of rung: Rung, after evidence: Evidence?) -> Int {
        let new = RungExperience(evidence: evidence, rung: rung)
        let place = rungs.firstIndex { $0.order >= new.order } ?? rungs.endIndex
        if place == rungs.endIndex || rungs[place].order != new.order { rungs.insert(new, at: place) }
        return place
    }

    /// How many of the last values a mean consists of, about.
    private static let memory: UInt32 = 16

    func rung(_ rung: Rung, after evidence: Evidence?) -> RungExperience {
        let sought = RungExperience(evidence: evidence, rung: rung)
        return rungs.first { $0.order == sought.order } ?? sought
    }

    func strategy(_ strategy: RecoveryStrategy, after evidence: Evidence, spare: Spare) -> StrategyExperience
    {
        let sought = StrategyExperience(evidence: evidence, spare: spare, strategy: strategy)
        return strategies.first { $0.order == sought.order } ?? sought
    }

    /// What is known of a strategy after any evidence.
    func total(of strategy: RecoveryStrategy, spare: Spare) -> StrategyExperience {
        var total = StrategyExperience(spare: spare, strategy: strategy)
        var (cost, race) = (UInt64(0), UInt64(0))
        for known in strategies where known.strategy == strategy && known.spare == spare {
            total.trials += known.trials
            total.succeeded += known.succeeded
            cost += known.costUs * UInt64(known.trials)
            race += known.raceUs * UInt64(known.trials)
        }
        if total.trials > 0 {
            total.costUs = cost / UInt64(total.trials)
            total.raceUs = race / UInt64(total.trials)
        }
        return total
    }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.messages(19, "strategy_experience", &strategies)
        visitor.messages(20, "rung_experience", &rungs)
    }
}

extension StrategyExperience {
    fileprivate var order: UInt32 { evidence.rawValue << 16 | spare.rawValue << 8 | strategy.rawValue }
}

extension RungExperience {
    fileprivate var order: UInt32 { (evidence?.rawValue ?? 0) << 16 | rung.rawValue }
}
