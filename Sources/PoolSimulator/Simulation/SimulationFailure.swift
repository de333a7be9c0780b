import Pool

/// Why a simulation counts as failed.
public enum SimulationFailure: Equatable, Sendable, CustomStringConvertible {
    /// An invariant does not hold; the first time that it showed.
    case violation(InvariantViolation)
    /// Something was still owed when the simulation was given up.
    case neverQuiet

    public var description: String {
        switch self {
        case .violation(let violation): violation.description
        case .neverQuiet: "the pool did not come to rest after the last fault"
        }
    }
}

extension SimulationResult {
    /// Whether this one fails in the same way, wherever that shows: by the same invariant, or by unrest.
    public func fails(as failure: SimulationFailure) -> Bool {
        switch failure {
        case .violation(let violation): violations.contains { $0.invariant == violation.invariant }
        case .neverQuiet: !isQuiescent
        }
    }
}
