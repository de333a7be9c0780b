import Pool
import PoolEngine

/// What a simulation came to.
public struct SimulationResult: Sendable {
    /// Everything that became durable.
    public var log: MemoryEventStore
    public var summary: SimulationSummary
    /// The state that the last engine had stepped to, all of it durable; the log must fold to the same (CORE-1).
    public var finalState: PoolState
    /// What the invariant checker found.
    public var violations: [InvariantViolation]
    /// False when the simulation was given up before every task had ended and nothing was owed any more.
    public var isQuiescent: Bool
    /// The faults that struck, by chance or by order, with their times.
    public var struck: [FaultPlan.Injection]
    /// How much of it was recorded; nil when it replayed nothing.
    public var replayed: ReplayCounts?

    /// Why the simulation failed; nil when it did not.
    public var failure: SimulationFailure? {
        if let violation = violations.first { return .violation(violation) }
        return isQuiescent ? nil : .neverQuiet
    }

    /// SHA-256 over the log's id and records: two logs that have the same are the same, byte for byte.
    public var digest: Digest { log.recordsDigest() }
}
