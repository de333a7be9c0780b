/// Why an allocation ended.
public enum ReleaseReason: UInt32, WireEnum {
    /// The run completed.
    case completed = 1
    /// The run failed.
    case runFailed = 2
    /// The browser failed.
    case browserFailed = 3
    /// Nothing was recorded for the length of the lease.
    case leaseExpired = 4
    /// The recovery that it belonged to took too long.
    case recoveryTimedOut = 5
    /// The task was cancelled by its owner.
    case cancelled = 6
    /// The task's deadline passed.
    case timedOut = 7
    /// The engine ends.
    case engineStopping = 8
    /// The engine that made it ended.
    case engineRestarted = 9
    /// The task runs elsewhere: this lost the race.
    case raceLost = 10
    /// Another member of its group failed.
    case groupFailed = 11
    /// A task of higher priority takes its place.
    case preempted = 12
    /// Its browser is taken to be about to fail.
    case failurePredicted = 13

    public var name: StaticString {
        switch self {
        case .completed: "completed"
        case .runFailed: "run_failed"
        case .browserFailed: "browser_failed"
        case .leaseExpired: "lease_expired"
        case .recoveryTimedOut: "recovery_timed_out"
        case .cancelled: "cancelled"
        case .timedOut: "timed_out"
        case .engineStopping: "engine_stopping"
        case .engineRestarted: "engine_restarted"
        case .raceLost: "race_lost"
        case .groupFailed: "group_failed"
        case .preempted: "preempted"
        case .failurePredicted: "failure_predicted"
        }
    }
}
