/// Idle browsers get the models of the tasks that run, so that a failover finds them loaded and compiled.
extension Decider {
    mutating func prepareSpares(cause: UInt64) {
        guard state.policy.enableFaultTolerance else { return }
        for browser in state.browsers.entities where browser.isSpare {
            let wanted = state.allocations.entities.first { browser.lacks(modelOf: state.tasks[$0.task]) }
            guard let wanted else { continue }
            let task = state.tasks[wanted.task]
            emit(
                PrepareDecided(
                    browser: browser.id, incarnation: browser.incarnation, task: task.id,
                    backend: task.backend, deadline: now.adding(milliseconds: state.policy.leaseMs)),
                cause: cause)
        }
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
    /// Whether it waits for work and nothing is being prepared on it.
    var isSpare: Bool { phase == .ready && takesWork && lanesTaken == 0 && preparing == nil }

    /// Whether a task's model could be prepared on it, and is not there.
    func lacks(modelOf task: TaskState) -> Bool {
        offers(task.backend) && !residentModels.contains(task.spec.modelDigest)
            && !unpreparableModels.contains(task.spec.modelDigest)
    }
}
