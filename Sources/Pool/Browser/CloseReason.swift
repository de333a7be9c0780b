/// Why a browser is closed.
public enum CloseReason: UInt32, WireEnum {
    /// It failed, and its process may still be alive.
    case failed = 1
    /// Nothing used it for the idle timeout.
    case idle = 2
    /// The engine ends.
    case engineStopping = 3
    /// Its launch did not end in time.
    case launchTimedOut = 4
    /// A run on it could not be stopped.
    case runNotStopped = 5
    /// It gave a wrong output, and another one takes its place.
    case quarantined = 6
    /// It was not heard of for too long.
    case silent = 7
    /// It is started anew after its work.
    case recycled = 8

    public var name: StaticString {
        switch self {
        case .failed: "failed"
        case .idle: "idle"
        case .engineStopping: "engine_stopping"
        case .launchTimedOut: "launch_timed_out"
        case .runNotStopped: "run_not_stopped"
        case .quarantined: "quarantined"
        case .silent: "silent"
        case .recycled: "recycled"
        }
    }
}
