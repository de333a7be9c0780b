/// Why a recovery was given up.
public enum RollbackReason: UInt32, WireEnum {
    /// It took longer than the task's recovery timeout.
    case timedOut = 1
    /// Attempt after attempt failed without a recorded item.
    case retriesExhausted = 2
    /// The task was ended for another reason.
    case taskEnded = 3
    /// The engine ended.
    case engineStopped = 4
    /// Another member of its group failed, or could not be brought back.
    case groupFailed = 5

    public var name: StaticString {
        switch self {
        case .timedOut: "timed_out"
        case .retriesExhausted: "retries_exhausted"
        case .taskEnded: "task_ended"
        case .engineStopped: "engine_stopped"
        case .groupFailed: "group_failed"
        }
    }
}
