/// The `immediate` strategy: the work moves to another ready browser, or to the first that becomes ready, and goes on
/// from its last recorded item; the failed browser is started anew in the background.
extension Decider {
    /// Recovers every task that held one of these allocations, in their order.
    mutating func recoverAll(
        _ allocations: [AllocationID], _ reason: ReleaseReason, evidence: Evidence, cause: UInt64
    ) {
        for id in allocations {
            let task = state.allocations[id].task
            release(id, reason, cause: cause)
            recover(task, evidence: evidence, cause: cause)
        }
    }

    /// Begins a recovery, or takes the next attempt of the one under way: a browser that fails while a task recovers
    /// on it does not start another transaction.
    mutating func recover(_ id: TaskID, evidence: Evidence, cause: UInt64) {
        if succeedIfDone(id, cause: cause) { return }
        guard state.policy.enableFaultTolerance || evidence == .engineRestarted else {
            let detail = "its browser failed (\(evidence.name)) and enable_fault_tolerance is off"
            return fail(id, .faultToleranceOff, detail, cause: cause)
        }
        let task = state.tasks[id]
        let attempt = task.attempts + 1
        guard attempt <= state.policy.retry.budget else {
            let detail =
                "\(task.attempts) attempts in a row recorded no item; the last evidence was \(evidence.name)"
            return fail(id, .retriesExhausted, detail, cause: cause)
        }
        let recovery: RecoveryID
        var rungCause = cause
        if let current = task.recovery {
            recovery = current
        } else {
            rungCause = emit(
                RecoveryBegan(
                    task: id, evidence: evidence,
                    strategy: task.spec.failoverStrategy ?? state.policy.recoveryStrategy,
                    checkpointItems: task.itemsDone,
                    deadline: now.adding(milliseconds: task.spec.recoveryTimeoutMs)),
                cause: cause)
            recovery = RecoveryID(rungCause)
        }
        let rung = emit(
            RungStarted(recovery: recovery, rung: .failOver, attempt: attempt), cause: rungCause)
        if attempt == 1 {
            queue(id, .recovering, cause: rung)
        } else {
            emit(
                RetryScheduled(task: id, attempt: attempt, dueAt: backoff(after: attempt - 1)), cause: rung)
        }
    }

    /// A recovery took too long: its member goes back to its checkpoint and is tried again later, within the budget.
    mutating func recoveryTimedOut(_ id: RecoveryID, cause: UInt64) {
        let task = state.recoveries[id].task
        if let allocation = state.tasks[task].allocation {
            stopAndRelease(allocation, .recoveryTimedOut, cause: cause)
        }
        emit(RecoveryRolledBack(recovery: id, task: task, reason: .timedOut), cause: cause)
        retry(task, "its recovery timed out", cause: cause)
    }

    /// Tries a task again after a backoff, or fails it when its budget is used up.
    mutating func retry(_ id: TaskID, _ detail: String, cause: UInt64) {
        if succeedIfDone(id, cause: cause) { return }
        let attempt = state.tasks[id].attempts + 1
        guard attempt <= state.policy.retry.budget else {
            return fail(id, .retriesExhausted, detail, cause: cause)
        }
        emit(RetryScheduled(task: id, attempt: attempt, dueAt: backoff(after: attempt)), cause: cause)
    }
}
