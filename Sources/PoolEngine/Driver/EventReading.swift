import Pool

extension EventSource {
    /// Records read at once.
    private var pageSize: Int { 4096 }

    /// Hands every durable event to `body`, in order, from a sequence number up to and including another.
    public func forEachEvent(
        from first: UInt64 = 1, through last: UInt64 = .max, _ body: (Event, Bool) throws -> Void
    ) throws {
        var next = first
        while next <= last {
            let records = try read(from: next, limit: pageSize)
            guard !records.isEmpty else { return }
            for record in records {
                guard record.sequence <= last else { return }
                let event: Event
                do throws(WireError) {
                    event = try Event(sequence: record.sequence, decoding: record.bytes)
                } catch {
                    throw EngineError.undecodable(sequence: record.sequence, error)
                }
                try body(event, record.beginsStep)
            }
            next += UInt64(records.count)
        }
    }

    /// The state that the durable events fold to, up to and including a sequence number.
    ///
    /// - Throws: `EngineError.undecodable` or `.impossible` at the first event that is not one of a pool's history.
    public func foldedState(through last: UInt64 = .max) throws -> PoolState {
        var state = PoolState()
        try forEachEvent(through: last) { event, _ in
            do throws(ImpossibleEvent) {
                try state.evolve(checking: event)
            } catch {
                throw EngineError.impossible(error)
            }
        }
        return state
    }
}
