extension Decider {
    mutating func runStarted(_ started: RunStarted) -> StepOutcome? {
        guard let task = taskOfRun(started.obligation, started.allocation), task.phase == .granted else {
            return .refused(.stale, subject: started.obligation.sequence)
        }
        let cause = emit(started, cause: started.obligation.sequence)
        let loser = state.tasks[task.id].rival
        if let loser { stopAndRelease(loser, .raceLost, cause: cause) }
        commitRecovery(of: task.id, cause: cause)
        // The loser may have been the one run that its model may have there for now.
        if loser != nil { settle(cause: cause) }
        return nil
    }

    mutating func runProgressed(_ progressed: RunProgressed) -> StepOutcome? {
        guard let task = taskOfRun(progressed.obligation, progressed.allocation) else {
            return .refused(.stale, subject: progressed.obligation.sequence)
        }
        let end = state.allocations[progressed.allocation].endItem
        guard task.phase == .running, progressed.firstItem == task.itemsDone, progressed.itemCount > 0,
            progressed.itemCount <= end - progressed.firstItem
        else { return .refused(.outOfOrder, subject: progressed.obligation.sequence) }
        let cause = emit(progressed, cause: progressed.obligation.sequence)
        moveOn(progressed.allocation, cause: cause)
        return nil
    }

    mutating func runCompleted(_ completed: RunCompleted) -> StepOutcome? {
        guard let task = taskOfRun(completed.obligation, completed.allocation) else {
            return .refused(.stale, subject: completed.obligation.sequence)
        }
        guard task.itemsDone == state.allocations[completed.allocation].endItem else {
            return .refused(.outOfOrder, subject: completed.obligation.sequence)
        }
        let browser = state.allocations[completed.allocation].browser
        let cause = emit(completed, cause: completed.obligation.sequence)
        release(completed.allocation, .completed, cause: cause)
        leaveRecovery(task.id, as: nil, cause: cause)
        emit(TaskSucceeded(task: task.id, itemsDone: task.itemsDone), cause: cause)
        passProbation(browser, cause: cause)
        closeModelBreaker(task.spec.modelDigest, on: browser, cause: cause)
        recycleIfDue(browser, cause: cause)
        settle(cause: cause)
        return nil
    }

    mutating func runFailed(_ failed: RunFailed) -> StepOutcome? {
        guard let task = taskOfRun(failed.obligation, failed.allocation) else {
            return .refused(.stale, subject: failed.obligation.sequence)
        }
        let browser = state.allocations[failed.allocation].browser
        let cause = emit(failed, cause: failed.obligation.sequence)
        release(failed.allocation, .runFailed, cause: cause)
        if state.tasks[task.id].allocation != nil {
            // The other side of a race goes on.
        } else if failed.failure == .backendUnsupported {
            leaveGroup(task.id, cause: cause)
            refuseBackend(
                of: task.id, failed.refusal ?? .noKernel, failed.detail, by: browser, cause: cause)
        } else if let failure = failed.failure.endsTask {
            fail(task.id, failure, failed.detail, cause: cause)
        } else if let group = state.recoveries.find(task.recovery)?.group {
            rollBackTogether(group, cause: cause)
        } else {
            retry(task.id, "\(failed.failure.name): \(failed.detail)", cause: cause)
        }
        quarantineModels(cause: cause)
        settle(cause: cause)
        return nil
    }

    mutating func runStopped(_ stopped: RunStopped) -> StepOutcome? {
        guard let obligation = state.obligations.find(stopped.obligation), obligation.kind == .stop,
            obligation.browser == stopped.browser
        else {
            return .refused(.stale, subject: stopped.obligation.sequence)
        }
        let cause = emit(stopped, cause: stopped.obligation.sequence)
        settle(cause: cause)
        return nil
    }

    /// The task whose run has this obligation, if both the obligation and the allocation are current: the allocation
    /// is the fencing token.
    private func taskOfRun(_ obligation: ObligationID, _ allocation: AllocationID) -> TaskState? {
        guard let open = state.obligations.find(obligation), open.kind == .run, open.allocation == allocation,
            let current = state.allocations.find(allocation), current.run == obligation
        else { return nil }
        return state.tasks[current.task]
    }

    mutating func release(_ id: AllocationID, _ reason: ReleaseReason, cause: UInt64) {
        let allocation = state.allocations[id]
        emit(
            AllocationReleased(
                allocation: id, task: allocation.task, browser: allocation.browser, reason: reason),
            cause: cause)
    }

    /// Releases an allocation whose run is still wanted by nobody but goes on in the browser.
    mutating func stopAndRelease(_ id: AllocationID, _ reason: ReleaseReason, cause: UInt64) {
        let allocation = state.allocations[id]
        if let run = allocation.run {
            let deadline = now.adding(milliseconds: state.policy.stopDeadlineMs)
            emit(RunStopDecided(run: run, browser: allocation.browser, deadline: deadline), cause: cause)
        }
        release(id, reason, cause: cause)
    }

    /// Releases all that a task holds: two allocations while they race.
    mutating func stopAndReleaseAll(of id: TaskID, _ reason: ReleaseReason, cause: UInt64) {
        while let allocation = state.tasks[id].allocation {
            stopAndRelease(allocation, reason, cause: cause)
        }
    }

    /// Nothing was recorded for the length of a lease: the browser is taken to hang.
    mutating func leaseExpired(_ id: AllocationID, cause: UInt64) {
        let browser = state.browsers[state.allocations[id].browser]
        close(browser.id, .failed, relaunch: true, cause: cause)
        recoverAll(
            browser.allocations, .leaseExpired, evidence: .heartbeatMissed,
            healing: Healing(browser: browser.id, rung: .restartBrowser), cause: cause)
        quarantineIfDue(browser.id, cause: cause)
        quarantineModels(cause: cause)
    }

    /// A run did not stop: what else runs on that browser is lost with it.
    mutating func stopTimedOut(_ id: ObligationID, cause: UInt64) {
        let browser = state.browsers[state.obligations[id].browser]
        close(browser.id, .runNotStopped, relaunch: true, cause: cause)
        recoverAll(
            browser.allocations, .browserFailed, evidence: .scriptHung,
            healing: Healing(browser: browser.id, rung: .restartBrowser), cause: cause)
        quarantineIfDue(browser.id, cause: cause)
    }
}

extension RunFailure {
    /// The task failure that this one is; nil when another attempt may go better.
    var endsTask: TaskFailure? {
        switch self {
        case .modelMissing: .modelMissing
        case .modelInvalid: .modelInvalid
        case .inputInvalid: .inputInvalid
        case .shaderInvalid: .shaderInvalid
        case .backendUnsupported: .backendUnsupported
        case .outOfMemory: .outOfMemory
        case .outputMismatch: .outputMismatch
        case .executorFault: nil
        }
    }
}
