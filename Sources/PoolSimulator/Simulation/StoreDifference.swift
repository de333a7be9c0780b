import PoolEngine

/// A store holds something else than a simulation gave it.
public enum StoreDifference: Error, Equatable, CustomStringConvertible {
    /// The first record that is missing, altered, or one too many.
    case record(sequence: UInt64)
    /// Its records fold to another state than the one that the engine stepped to.
    case state

    public var description: String {
        switch self {
        case .record(let sequence): "record \(sequence) in the store is not the one that was appended to it"
        case .state: "the store folds to another state than the one that its engine stepped to"
        }
    }
}

extension SimulationResult {
    /// Compares another store that holds the simulation's log with it.
    ///
    /// - Throws: `StoreDifference`, or what the store throws.
    func compare(with store: some EventSource) throws {
        let (own, others) = (log.read(from: 1, limit: .max), try store.read(from: 1, limit: .max))
        let same = zip(own, others).prefix { $0 == $1 }.count
        guard same == own.count, same == others.count else {
            throw StoreDifference.record(sequence: UInt64(same) + 1)
        }
        let folded = try store.foldedState(usesSnapshots: false)
        guard !isQuiescent || folded == finalState else { throw StoreDifference.state }
    }
}
