/// Why a task was put into the queue.
public enum QueueReason: UInt32, WireEnum {
    /// Its owner submitted it.
    case submitted = 1
    /// Its owner resumed it.
    case resumed = 2
    /// A failure took its browser.
    case recovering = 3
    /// Its backoff is over.
    case retry = 4
    /// Its backend was refused, and it goes on with the next.
    case backendChanged = 5
    /// A task of higher priority took its place.
    case preempted = 6
    /// Its browser is taken to be about to fail.
    case failurePredicted = 7

    public var name: StaticString {
        switch self {
        case .submitted: "submitted"
        case .resumed: "resumed"
        case .recovering: "recovering"
        case .retry: "retry"
        case .backendChanged: "backend_changed"
        case .preempted: "preempted"
        case .failurePredicted: "failure_predicted"
        }
    }
}
