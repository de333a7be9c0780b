/// The risk that a browser fails within the horizon of predictions, as logistic regression has learned it from the
/// browsers so far: the odds of a failure are e^(Σ weight × level − base).
///
/// It learns online, one example at a time, by steps down the gradient of the logarithmic loss that get smaller with the
/// squares of those before (Duchi, Hazan, Singer: "Adaptive subgradient methods for online learning and stochastic
/// optimization", JMLR 12, 2011). A sign can only speak for a failure, so weights are never below 0.
public struct RiskModel: WireMessage, DefaultInitializable {
    /// One for each sign, in the order of the fields of ``SignLevels``.
    public private(set) var weights: [SignWeight]
    /// What speaks against a failure where there are no signs.
    public private(set) var base: SignWeight
    /// Failures that it has seen.
    public private(set) var failures: UInt64
    /// Examples that it has learned from.
    public private(set) var examples: UInt64

    /// The failures that it must have seen before anything is predicted by it.
    public static let leastFailures: UInt64 = 5
    /// Before it has learned anything a browser is taken to fail once in 21 horizons: e^3 = 20.
    private static let firstBaseMicro: UInt64 = 3_000_000
    private static let signs = SignLevels().all.count

    public init() {
        weights = Array(repeating: SignWeight(), count: Self.signs)
        base = SignWeight(weightMicro: Self.firstBaseMicro)
        failures = 0
        examples = 0
    }

    /// Whether it can be what examples gave.
    var isSound: Bool {
        weights.count == Self.signs
            && (weights + [base]).allSatisfy {
                $0.weightMicro <= SignWeight.most && $0.squaresMicro <= SignWeight.mostSquares
            }
    }

    /// Whether anything is predicted by it.
    public var isReady: Bool { failures >= Self.leastFailures }

    /// The risk of a failure where the signs are these, in millionths.
    public func riskMicro(_ levels: SignLevels) -> UInt64 {
        let speaks = zip(weights, levels.all).reduce(UInt64(0)) {
            $0 + $1.0.weightMicro * UInt64(min($1.1, SignLevels.most)) / 1_000
        }
        return FixedPoint.logisticMicro(Int64(speaks) - Int64(base.weightMicro))
    }

    /// Learns what came of signs.
    mutating func learn(_ levels: SignLevels, failed: Bool) {
        let error = Int64(riskMicro(levels)) - (failed ? 1_000_000 : 0)
        for (index, level) in levels.all.enumerated() where level > 0 {
            weights[index].descend(error * Int64(min(level, SignLevels.most)) / 1_000)
        }
        base.descend(-error)
        examples = min(examples, .max - 1) + 1
    }

    /// Learns that a browser has failed after such signs.
    mutating func learnFailure(after examples: [SignExample]) {
        failures = min(failures, .max - 1) + 1
        for example in examples { learn(example.levels, failed: true) }
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.messages(1, "weights", &weights)
        visitor.message(2, "base", &base)
        visitor.uint(3, "failures", &failures)
        visitor.uint(4, "examples", &examples)
    }
}
