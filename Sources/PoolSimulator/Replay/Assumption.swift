/// What a replay takes for granted where the log has nothing of the kind: no measurements, but what keeps it going.
enum Assumption {
    static let launchNs: UInt64 = 1_000_000_000
    static let closeNs: UInt64 = 300_000_000
    static let stopNs: UInt64 = 100_000_000
    static let coldStartNs: UInt64 = 1_000_000_000
    static let warmStartNs: UInt64 = 10_000_000
    /// For a batch of a task's items.
    static let batchNs: UInt64 = 100_000_000
    static let completionNs: UInt64 = 1_000_000
    /// A rung that was never taken after this evidence does not heal.
    static let rungNs: UInt64 = 1_000_000
    static let comparisonNs: UInt64 = 10_000_000
    static let heartbeat = HeartbeatSigns(answerMs: 5, canaryMs: 0, memoryBytes: 0)
}
