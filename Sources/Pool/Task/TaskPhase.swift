/// Where a task stands.
public enum TaskPhase: UInt32, WireEnum {
    /// It waits for a browser, or for its backoff.
    case queued = 1
    /// It has a browser, whose page gets the model.
    case granted = 2
    /// Its items run.
    case running = 3
    /// It waits for its owner.
    case suspended = 4
    /// It waits for the healing of its browser.
    case recovering = 5
    /// Its copies run, and it waits for what they agree on.
    case voting = 6

    public var name: StaticString {
        switch self {
        case .queued: "queued"
        case .granted: "granted"
        case .running: "running"
        case .suspended: "suspended"
        case .recovering: "recovering"
        case .voting: "voting"
        }
    }
}
