/// No launch is tried until a backoff is over.
public struct LaunchRetryScheduled: EventMessage {
    public static let number = 61
    public static let name: StaticString = "launch_retry_scheduled"

    /// Attempts to launch that failed in a row; launches that fail while a retry is pending count as one.
    public var failures: UInt32
    /// When launches are tried again.
    public var dueAt: EventTime

    public init(failures: UInt32 = 0, dueAt: EventTime = .zero) {
        self.failures = failures
        self.dueAt = dueAt
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "failures", &failures)
        visitor.time(2, "due_at_ns", &dueAt)
    }

    public var payload: EventPayload { .launchRetryScheduled(self) }
}
