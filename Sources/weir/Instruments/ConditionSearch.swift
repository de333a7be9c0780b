import Pool
import PoolEngine
import Projections

/// Looks for the first position of a log at which a condition holds.
struct ConditionSearch {
    /// Where it holds for the first time.
    struct Finding {
        /// The last event folded in.
        let position: UInt64
        /// The step with which it began to hold; none where the search began with it.
        let step: [Event]
    }

    private let condition: Condition
    private var state: PoolState
    private var step: [Event] = []

    private init(_ condition: Condition, from state: PoolState) {
        self.condition = condition
        self.state = state
    }

    /// Folds on from a state, and gives the first position after a whole step at which the condition holds.
    ///
    /// - Parameter onProgress: Called with each event that has been read.
    static func first(
        _ condition: Condition, in source: some EventSource, from state: PoolState, through last: UInt64,
        onProgress: (UInt64) -> Void
    ) throws -> Finding? {
        var search = ConditionSearch(condition, from: state)
        do {
            try source.forEachEvent(from: state.position + 1, through: last) { event, beginsStep in
                onProgress(event.sequence)
                // A search may begin within a step: then it is not whole yet.
                if beginsStep { try search.endStep() }
                try search.state.evolve(checking: event)
                search.step.append(event)
            }
            try search.endStep()
            return nil
        } catch let found as Found {
            return found.finding
        }
    }

    /// Ends the reading of the log.
    private struct Found: Error {
        let finding: Finding
    }

    private mutating func endStep() throws {
        if condition.holds(in: state) {
            throw Found(finding: Finding(position: state.position, step: step))
        }
        step = []
    }
}
