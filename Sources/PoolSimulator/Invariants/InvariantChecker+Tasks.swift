import Pool

/// CORE-4 and the tasks' share of CORE-6 and CORE-7.
extension InvariantChecker {
    mutating func takeTask(_ event: Event) {
        switch event.payload {
        case .taskSubmitted(let submitted):
            var task = CheckedTask(spec: submitted.spec, submittedAt: event.at)
            if submitted.spec.deadlineMs > 0 {
                task.deadlineAt = event.at.adding(milliseconds: submitted.spec.deadlineMs)
            }
            tasks[TaskID(event.sequence)] = task
        case .taskQueued(let queued):
            move(queued.task, to: .queued)
            tasks[queued.task]?.backend = queued.backend
            check(queued.task, hasResults: queued.itemsDone)
        case .retryScheduled(let retry):
            move(retry.task, to: .backingOff)
            takeAttempt(retry.attempt, of: retry.task)
            require(retry.dueAt >= event.at, .core4, "task \(retry.task) is to be retried in the past")
        case .taskSuspended(let suspended):
            move(suspended.task, to: .suspended)
            check(suspended.task, hasResults: suspended.itemsDone)
        case .taskCancelRequested(let request): check(unfinished: request.task)
        case .taskResumeRequested(let request):
            check(unfinished: request.task)
            require(
                tasks[request.task]?.standing == .suspended, .core4,
                "task \(request.task) is resumed but not suspended")
        case .backendRefused(let refused):
            check(unfinished: refused.task)
            if tasks[refused.task]?.standing == .queued { tasks[refused.task]?.standing = .submitted }
        case .taskSucceeded(let succeeded):
            require(
                tasks[succeeded.task].map { $0.itemsDone == $0.itemsTotal } ?? true, .core7,
                "task \(succeeded.task) succeeded without all of its results")
            end(succeeded.task, results: succeeded.itemsDone)
        case .taskFailed(let failed):
            let (attempts, most) = (tasks[failed.task]?.attempts ?? 0, policy.retry.budget)
            require(
                failed.failure != .retriesExhausted || attempts >= most
                    || tasks[failed.task]?.hasCopies == true, .core4,
                "task \(failed.task) is given up after \(attempts) attempts, of \(most)")
            end(failed.task, results: failed.itemsDone)
        case .taskCancelled(let cancelled): end(cancelled.task, results: cancelled.itemsDone)
        case .taskTimedOut(let timedOut):
            require(
                tasks[timedOut.task]?.deadlineAt.map { $0 <= event.at } ?? false, .core4,
                "task \(timedOut.task) timed out before its deadline")
            end(timedOut.task, results: timedOut.itemsDone)
        case .recoveryBegan(let began):
            check(unfinished: began.task)
            require(
                tasks[began.task]?.recovery == nil, .core4, "task \(began.task) is in two recoveries at once")
            check(began.task, hasResults: began.checkpointItems)
            tasks[began.task]?.recovery = RecoveryID(event.sequence)
            recoveries[RecoveryID(event.sequence)] = CheckedRecovery(
                task: began.task, strategy: began.strategy, group: began.group)
        case .recoveryCommitted(let committed):
            require(
                tasks[committed.task].map { $0.hasStarted || $0.itemsDone == $0.itemsTotal } ?? false, .core4,
                "recovery \(committed.recovery) is committed before task \(committed.task) runs again")
            leaveRecovery(committed.recovery, committed.task)
        case .recoveryRolledBack(let rolledBack): leaveRecovery(rolledBack.recovery, rolledBack.task)
        case .rungStarted(let started): takeRung(started)
        default: break
        }
    }

    private mutating func takeRung(_ started: RungStarted) {
        guard let recovery = recoveries[started.recovery] else {
            return report(
                .core4, "a rung is taken in recovery \(started.recovery), which is not under way")
        }
        takeAttempt(started.attempt, of: recovery.task)
        guard let browser = started.browser, recovery.strategy != .parallel else { return }
        move(recovery.task, to: .held(browser))
    }

    /// Attempts are counted one by one from the last recorded item on, and are no more than the budget allows.
    private mutating func takeAttempt(_ attempt: UInt32, of id: TaskID) {
        guard let before = tasks[id]?.attempts, attempt != before else { return }
        let most = policy.retry.budget
        require(
            attempt == before + 1 && attempt <= most, .core4,
            "attempt \(attempt) of task \(id) comes after \(before), of at most \(most)")
        tasks[id]?.attempts = attempt
    }

    mutating func check(unfinished id: TaskID) {
        require(!ended.contains(id), .core4, "task \(id) has ended before")
        require(tasks[id] != nil || ended.contains(id), .core4, "task \(id) was never submitted")
    }

    private mutating func check(_ id: TaskID, hasResults count: UInt64) {
        guard let done = tasks[id]?.itemsDone else { return }
        require(
            done == count, .core7, "it says that task \(id) has \(count) results, but \(done) are recorded")
    }

    private mutating func move(_ id: TaskID, to standing: CheckedTask.Standing) {
        check(unfinished: id)
        require(tasks[id]?.allocation == nil, .core6, "task \(id) leaves its browser without a release")
        tasks[id]?.standing = standing
    }

    private mutating func end(_ id: TaskID, results: UInt64) {
        check(unfinished: id)
        check(id, hasResults: results)
        if let allocation = tasks[id]?.allocation {
            report(.core6, "allocation \(allocation) outlives its task \(id)")
        }
        if let recovery = tasks[id]?.recovery {
            report(.core4, "task \(id) ended while its recovery \(recovery) is under way")
        }
        tasks[id] = nil
        ended.insert(id)
    }

    private mutating func leaveRecovery(_ recovery: RecoveryID, _ task: TaskID) {
        check(unfinished: task)
        require(
            tasks[task]?.recovery == recovery, .core4, "task \(task) is not in recovery \(recovery)")
        tasks[task]?.recovery = nil
        recoveries[recovery] = nil
        if case .held = tasks[task]?.standing { tasks[task]?.standing = .submitted }
    }
}
