/// How the pool answers a failure.
public enum RecoveryStrategy: UInt32, WireEnum {
    /// The work moves to another ready browser at once.
    case immediate = 1
    /// The ladder of rungs, cheapest first.
    case progressive = 2
    /// Everything that one fault hit is healed once and resumed together.
    case coordinated = 3
    /// Healing and failover race.
    case parallel = 4
    /// Whichever of the others has cost least after the same evidence; a recovery itself never has it.
    case adaptive = 5

    public var name: StaticString {
        switch self {
        case .immediate: "immediate"
        case .progressive: "progressive"
        case .coordinated: "coordinated"
        case .parallel: "parallel"
        case .adaptive: "adaptive"
        }
    }
}
