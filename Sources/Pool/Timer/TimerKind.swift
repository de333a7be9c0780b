/// What a timer guards.
public enum TimerKind: UInt32, WireEnum {
    /// An allocation's lease.
    case lease = 1
    /// A recovery's timeout.
    case recoveryTimeout = 2
    /// A task's deadline.
    case taskDeadline = 3
    /// A task's backoff.
    case retry = 4
    /// A launch's deadline.
    case launch = 5
    /// A close's deadline.
    case close = 6
    /// A stop's deadline.
    case stop = 7
    /// The pool's launch backoff; its subject is 0.
    case launchRetry = 8
    /// A browser's idle timeout.
    case idle = 9
    /// A preparation's deadline.
    case prepare = 10
    /// A rung's deadline.
    case heal = 11
    /// A browser's quarantine.
    case breaker = 12
    /// The next sign of life of a browser.
    case heartbeat = 13
    /// A comparison's deadline.
    case compare = 16
    /// The next look at the pool's load; its subject is 0.
    case scale = 19
    /// The time until which a model's breaker is open; its subject is the event that opened it.
    case modelBreaker = 20

    public var name: StaticString {
        switch self {
        case .lease: "lease"
        case .recoveryTimeout: "recovery_timeout"
        case .taskDeadline: "task_deadline"
        case .retry: "retry"
        case .launch: "launch"
        case .close: "close"
        case .stop: "stop"
        case .launchRetry: "launch_retry"
        case .idle: "idle"
        case .prepare: "prepare"
        case .heal: "heal"
        case .breaker: "breaker"
        case .heartbeat: "heartbeat"
        case .compare: "compare"
        case .scale: "scale"
        case .modelBreaker: "model_breaker"
        }
    }
}
