/// How it is told that a browser is about to fail.
public enum PredictionRule: UInt32, WireEnum {
    /// By the suspicion phi of its last silence alone.
    case phi = 1
    /// By the risk that a logistic model has learned from all signs, once it has seen `RiskModel.leastFailures`.
    case model = 2

    public var name: StaticString {
        switch self {
        case .phi: "phi"
        case .model: "model"
        }
    }
}
