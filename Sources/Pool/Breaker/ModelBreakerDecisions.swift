/// A model that fails too often in a row on a kind of browser is kept from that kind for a while, each time in a row for
/// twice as long, and then tried there with one run at a time.
extension Decider {
    /// Opens the breakers of models that were struck in this step, where their failures call for it and another kind of
    /// browser can do their work (CORE-8): otherwise the retry budget of each task governs.
    ///
    /// - Parameter cause: The observation of the step.
    mutating func quarantineModels(cause: UInt64) {
        guard let policy = state.policy.breaker, state.policy.enableFaultTolerance else { return }
        let struck = state.modelBreakers.breakers.filter {
            $0.struckBy >= cause && policy.opens($0.phase, strikes: $0.strikes)
        }
        for breaker in struck {
            guard let others = othersThatServe(breaker) else { continue }
            emit(
                ModelBreakerOpened(
                    modelDigest: breaker.modelDigest, browser: breaker.browser, failures: breaker.strikes,
                    openings: breaker.openings + 1,
                    until: now.adding(milliseconds: policy.openMs(after: breaker.openings)),
                    others: UInt32(others)),
                cause: cause)
            leave(breaker, cause: cause)
        }
    }

    /// How many browsers of other kinds take work and are not kept from the model, if they can do all its tasks in hand;
    /// nil if they cannot.
    private func othersThatServe(_ breaker: ModelBreaker) -> Int? {
        let others = state.browsers.filter {
            $0.pointee.takesWork && $0.pointee.kind != breaker.browser
                && !state.isKept(breaker.modelDigest, from: $0.pointee.kind)
        }
        guard !others.isEmpty else { return nil }
        let isServed = state.tasks.allSatisfy { task in
            guard task.pointee.spec.modelDigest == breaker.modelDigest, task.pointee.phase != .suspended
            else {
                return true
            }
            return others.contains { $0.meets(TaskNeeds(of: task.pointee)) }
        }
        return isServed ? others.count : nil
    }

    /// The tasks of the model that wait for a browser of that kind to be healed go elsewhere.
    private mutating func leave(_ breaker: ModelBreaker, cause: UInt64) {
        let waiting = state.recoveries.entities.filter { recovery in
            state.tasks[recovery.task].spec.modelDigest == breaker.modelDigest
                && state.browsers.find(recovery.browser).map { $0.kind == breaker.browser } ?? false
        }
        for recovery in waiting { forsake(recovery, cause: cause) }
    }

    mutating func modelQuarantineEnded(_ openedBy: UInt64, cause: UInt64) {
        guard let breaker = state.modelBreakers.breaker(openedBy: openedBy) else { return }
        emit(
            ModelBreakerHalfOpened(modelDigest: breaker.modelDigest, browser: breaker.browser), cause: cause)
    }

    /// A run of a model completed on a browser: where its breaker is half-open for that kind, it closes.
    mutating func closeModelBreaker(_ model: Digest, on id: BrowserID, cause: UInt64) {
        guard let kind = state.browsers[id].kind,
            state.modelBreakers.breaker(of: model, on: kind)?.phase == .halfOpen
        else { return }
        emit(ModelBreakerClosed(modelDigest: model, browser: kind), cause: cause)
    }
}

extension PoolState {
    /// Whether no run of a model may begin on a kind of browser: its breaker there is open, or half-open with a run of it
    /// under way.
    func isKept(_ model: Digest, from kind: BrowserKind?) -> Bool {
        guard !modelBreakers.isEmpty, let kind,
            let phase = modelBreakers.breaker(of: model, on: kind)?.phase
        else { return false }
        switch phase {
        case .open: return true
        case .halfOpen:
            return allocations.contains {
                browsers[$0.pointee.browser].kind == kind
                    && tasks[$0.pointee.task].spec.modelDigest == model
            }
        }
    }
}
