/// What runs of a model on a kind of browser change of its breaker there: closed → open → half-open → closed. Histories
/// of earlier decision revisions, which had none, keep the bytes that they had.
extension PoolState {
    /// A run failed by itself.
    mutating func evolve(_ failed: RunFailed, at event: EventStamp) {
        if failed.failure.mayBeOfModel { strikeModel(of: failed.allocation, by: event) }
        endRun(failed.obligation)
    }

    /// A browser failed: what ran there may have caused it.
    mutating func strikeModels(of id: BrowserID, _ evidence: Evidence, by event: EventStamp) {
        guard evidence.mayBeOfModel else { return }
        for allocation in browsers[id].allocations { strikeModel(of: allocation, by: event) }
    }

    /// A browser is given up because a lease ran out: what it was held for hangs.
    mutating func strikeHangingModels(of id: BrowserID, by event: EventStamp) {
        for allocation in browsers[id].allocations where allocations[allocation].leaseDeadline <= event.at {
            strikeModel(of: allocation, by: event)
        }
    }

    private mutating func strikeModel(of id: AllocationID, by event: EventStamp) {
        guard revision >= 6, let allocation = allocations.find(id), allocation.run != nil,
            let kind = browsers.find(allocation.browser)?.kind, let task = tasks.find(allocation.task)
        else { return }
        modelBreakers.strike(task.spec.modelDigest, kind, by: event.sequence)
    }

    /// A run of a model completed.
    mutating func completeModel(at allocation: Int) {
        guard !modelBreakers.isEmpty,
            let browser = browsers.placeIfPresent(of: allocations[at: allocation].browser),
            let kind = browsers[at: browser].kind,
            let task = tasks.placeIfPresent(of: allocations[at: allocation].task)
        else { return }
        modelBreakers.complete(tasks[at: task].spec.modelDigest, kind)
    }

    mutating func evolve(_ opened: ModelBreakerOpened, at event: EventStamp) {
        clearModelBreaker(opened.modelDigest, opened.browser)
        modelBreakers.change(opened.modelDigest, opened.browser) {
            $0.phase = .open
            $0.openings = opened.openings
            $0.openedBy = event.sequence
            $0.until = opened.until
        }
        guard modelBreakers.breaker(openedBy: event.sequence) != nil else { return }
        timers.set(.modelBreaker, event.sequence, at: opened.until)
    }

    mutating func evolve(_ halfOpened: ModelBreakerHalfOpened) {
        clearModelBreaker(halfOpened.modelDigest, halfOpened.browser)
        modelBreakers.change(halfOpened.modelDigest, halfOpened.browser) { $0.phase = .halfOpen }
    }

    mutating func evolve(_ closed: ModelBreakerClosed) {
        clearModelBreaker(closed.modelDigest, closed.browser)
        modelBreakers.remove(closed.modelDigest, closed.browser)
    }

    private mutating func clearModelBreaker(_ model: Digest, _ browser: BrowserKind) {
        guard let breaker = modelBreakers.breaker(of: model, on: browser), breaker.until != .zero else {
            return
        }
        timers.clear(.modelBreaker, breaker.openedBy, at: breaker.until)
        modelBreakers.change(model, browser) { $0.until = .zero }
    }

    /// The timer of an open breaker has fired: it opens half in the same step.
    mutating func modelBreakerIsDue(_ openedBy: UInt64) {
        guard let breaker = modelBreakers.breaker(openedBy: openedBy) else { return }
        modelBreakers.change(breaker.modelDigest, breaker.browser) {
            $0.phase = .halfOpen
            $0.until = .zero
        }
    }
}

extension ModelBreakerOpened: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        try require(until > .zero, "it has no time until which it is open")
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension ModelBreakerHalfOpened: FoldedMessage {
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension ModelBreakerClosed: FoldedMessage {
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}
