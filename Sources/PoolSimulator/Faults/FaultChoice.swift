/// Where the faults of a simulation come from.
public enum FaultChoice: Equatable, Sendable {
    /// Nothing goes wrong.
    case none
    /// A plan drawn from the seed, in which some kinds of fault are off.
    case drawn
    /// A plan drawn from the seed, in which every kind of fault is on.
    case all
    /// The same plan for every seed.
    case given(FaultPlan)

    func plan(from random: inout SplitMix64) -> FaultPlan {
        switch self {
        case .none: FaultPlan()
        case .drawn: .drawn(from: &random)
        case .all: .drawn(from: &random, all: true)
        case .given(let plan): plan
        }
    }
}
