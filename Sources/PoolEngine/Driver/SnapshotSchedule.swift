import Pool

/// When an engine keeps snapshots of its state, and of which state: one that all of it is durable.
struct SnapshotSchedule {
    /// How many events lie between two snapshots.
    let interval: UInt64
    /// Position of the last snapshot that was kept or is to be.
    private var position: UInt64
    /// The state to keep, once its last event is durable.
    private var waiting: PoolState?

    init(interval: UInt64, from position: UInt64) {
        self.interval = max(interval, 1)
        self.position = position
    }

    /// Notes a state that has been stepped to. It is copied only when a snapshot is due.
    mutating func stepped(to state: borrowing PoolState) {
        guard waiting == nil, state.position >= position + interval else { return }
        position = state.position
        waiting = copy state
    }

    /// The state to keep now that everything up to a position is durable.
    mutating func due(durable: UInt64) -> PoolState? {
        guard let state = waiting, state.position <= durable else { return nil }
        waiting = nil
        return state
    }
}
