extension PoolState {
    /// Folds one event of a history that is not known to be one that the core wrote: a log that another program may
    /// have altered, or other rules may have decided.
    ///
    /// What passes leaves a state that fits together, so that neither a later fold nor a new engine can meet a
    /// precondition failure.
    ///
    /// - Throws: `ImpossibleEvent` when the event cannot be the next one; the state is then as it was.
    public mutating func evolve(checking event: Event) throws(ImpossibleEvent) {
        let result = withUnsafeMutablePointer(to: &self) { state in
            var folding = CheckedFolding(state: state, event: event.stamp)
            return event.payload.accept(&folding)
        }
        try Self.get(result, of: event)
    }

    /// Checks that an event can be the next one: that all that it names is there, and in a state that lets it happen.
    ///
    /// - Throws: `ImpossibleEvent` when `evolve` could not fold it.
    public func check(_ event: Event) throws(ImpossibleEvent) {
        let result = withUnsafePointer(to: self) { state in
            var checking = Checking(state: state, event: event.stamp)
            return event.payload.accept(&checking)
        }
        try Self.get(result, of: event)
    }

    private static func get(_ result: Result<Void, Obstacle>, of event: Event) throws(ImpossibleEvent) {
        if case .failure(let obstacle) = result {
            throw ImpossibleEvent(
                sequence: event.sequence, type: event.payload.name.description, reason: obstacle.reason)
        }
    }

    private struct Checking: PayloadVisitor {
        let state: UnsafePointer<PoolState>
        let event: EventStamp

        mutating func visit<M: FoldedMessage>(_ message: inout M) -> Result<Void, Obstacle> {
            do throws(Obstacle) {
                try state.pointee.checkOrder(of: event)
                return .success(try message.check(in: state.pointee))
            } catch {
                return .failure(error)
            }
        }
    }

    private struct CheckedFolding: PayloadVisitor {
        let state: UnsafeMutablePointer<PoolState>
        let event: EventStamp

        mutating func visit<M: FoldedMessage>(_ message: inout M) -> Result<Void, Obstacle> {
            do throws(Obstacle) {
                return .success(try state.pointee.fold(checking: message, at: event))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Folds a message if it can be the next one's.
    @inline(__always)
    mutating func fold(checking message: some FoldedMessage, at event: EventStamp) throws(Obstacle) {
        try checkOrder(of: event)
        try message.foldChecked(into: &self, at: event)
    }

    /// Checks that an event can follow the last one, whatever it says.
    @inline(__always)
    func checkOrder(of event: EventStamp) throws(Obstacle) {
        try require(event.sequence == position + 1, "the last event is \(position)")
        try require(event.at > .zero, "it has no time")
        try require(event.at >= lastEventAt, "it is older than the one before it")
    }

    /// An obligation is answered once, by what is of its kind and on its browser.
    @inline(__always)
    func checkAnswer(
        to id: ObligationID, _ kind: ObligationKind, on browser: BrowserID
    ) throws(Obstacle) {
        let place = try obligations.required(id, "obligation")
        let (found, owner) = (obligations[at: place].kind, obligations[at: place].browser)
        try require(found == kind, "obligation \(id) is a \(found.name)")
        try require(owner == browser, "obligation \(id) is on browser \(owner)")
    }
}
