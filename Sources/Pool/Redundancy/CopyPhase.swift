/// Where a copy of a task stands in its group.
public enum CopyPhase: UInt32, WireEnum {
    /// It is a task in hand.
    case running = 1
    /// It completed: its outputs are a vote.
    case voted = 2
    /// It ended without outputs.
    case left = 3

    public var name: StaticString {
        switch self {
        case .running: "running"
        case .voted: "voted"
        case .left: "left"
        }
    }
}
