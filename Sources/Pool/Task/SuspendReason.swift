/// Why a task waits for its owner.
public enum SuspendReason: UInt32, WireEnum {
    /// The engine was asked to stop.
    case engineStopped = 1
    /// The engine that ran it ended, and the next one holds tasks until they are resumed.
    case engineRestarted = 2

    public var name: StaticString {
        switch self {
        case .engineStopped: "engine_stopped"
        case .engineRestarted: "engine_restarted"
        }
    }
}
