/// Where a breaker stands that is not closed.
public enum BreakerPhase: UInt32, WireEnum {
    /// Quarantined: nothing is given to it.
    case open = 1
    /// On probation: one task at a time.
    case halfOpen = 2

    public var name: StaticString {
        switch self {
        case .open: "open"
        case .halfOpen: "half_open"
        }
    }
}
