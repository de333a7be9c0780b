import Pool
import PoolEngine
import Projections

extension EventSource {
    /// What a projection makes of a log up to an event. Where the log's beginning is in an archive, it begins with the
    /// state there: what had ended by then is not in it.
    func projected<P: Projection>(
        _ type: P.Type, through last: UInt64 = .max, onEvent: (Event) throws -> Void = { _ in }
    ) throws -> P {
        let base = try basePosition()
        var projection = base == 0 ? P() : P(continuing: try baseState())
        try forEachEvent(from: base + 1, through: last) { event, _ in
            projection.apply(event)
            try onEvent(event)
        }
        return projection
    }

    /// The state with which the log begins: nothing, or what an archive led to.
    func baseState() throws -> PoolState {
        let base = try basePosition()
        return base == 0 ? PoolState() : try foldedState(through: base, usesSnapshots: false)
    }
}
