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
}
