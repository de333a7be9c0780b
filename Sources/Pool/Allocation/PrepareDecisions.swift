/// Idle browsers get the models of the tasks that run, so that a failover finds them loaded and compiled.
extension Decider {
    /// A spare browser waits for work, and nothing is being prepared on it.
    mutating func prepareSpares(cause: UInt64) {
        guard state.policy.enableFaultTolerance else { return }
        let spares = state.browsers.filter {
            $0.pointee.phase == .ready && $0.pointee.preparing == nil && $0.pointee.allocations.isEmpty
                && $0.pointee.stops.isEmpty && $0.pointee.breaker != .open && !$0.pointee.suspected
                && $0.pointee.recycling == nil
        }
        if spares.isEmpty { return }
        let wanted = wantedModels
        for browser in spares {
            guard let task = wanted.first(where: { browser.lacks(modelOf: $0) }) else { continue }
            emit(
                PrepareDecided(
                    browser: browser.id, incarnation: browser.incarnation, task: task.id,
                    backend: task.backend, deadline: now.adding(milliseconds: state.policy.leaseMs)),
                cause: cause)
        }
    }

    /// The tasks that run, in the order of their allocations, of those with the same model and backend the first.
    private var wantedModels: [TaskState] {
        var wanted: [TaskState] = []
        state.allocations.inspect { allocation in
            let task = state.tasks.place(of: allocation.pointee.task)
            let isNew = !wanted.contains {
                $0.spec.modelDigest == state.tasks[at: task].spec.modelDigest
                    && $0.backend == state.tasks[at: task].backend
            }
            if isNew { wanted.append(state.tasks[at: task]) }
        }
        return wanted
    }

    mutating func modelPrepared(_ prepared: ModelPrepared) -> StepOutcome? {
        guard isOwed(prepared.obligation, on: prepared.browser) else {
            return .refused(.stale, subject: prepared.obligation.sequence)
        }
        let cause = emit(prepared, cause: prepared.obligation.sequence)
        settle(cause: cause)
        return nil
    }

    mutating func prepareFailed(_ failed: PrepareFailed) -> StepOutcome? {
        guard isOwed(failed.obligation, on: failed.browser) else {
            return .refused(.stale, subject: failed.obligation.sequence)
        }
        let cause = emit(failed, cause: failed.obligation.sequence)
        settle(cause: cause)
        return nil
    }

    private func isOwed(_ id: ObligationID, on browser: BrowserID) -> Bool {
        state.obligations.find(id).map { $0.kind == .prepare && $0.browser == browser } ?? false
    }
}

extension BrowserState {
    /// Whether a task's model could be prepared on it, and is not there.
    func lacks(modelOf task: TaskState) -> Bool {
        meets(TaskNeeds(of: task)) && !residentModels.contains(task.spec.modelDigest)
            && !unpreparableModels.contains(task.spec.modelDigest)
    }
}
