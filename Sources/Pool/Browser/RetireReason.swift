/// Why a browser left the pool.
public enum RetireReason: UInt32, WireEnum {
    /// It was closed for good.
    case closed = 1
    /// It failed and nothing waits for it.
    case notNeeded = 2
    /// It failed to launch and will not be tried again.
    case cannotLaunch = 3
    /// The engine that owned it ended, and its process with it.
    case engineRestarted = 4
    /// It gave a wrong output.
    case quarantined = 5

    public var name: StaticString {
        switch self {
        case .closed: "closed"
        case .notNeeded: "not_needed"
        case .cannotLaunch: "cannot_launch"
        case .engineRestarted: "engine_restarted"
        case .quarantined: "quarantined"
        }
    }
}
