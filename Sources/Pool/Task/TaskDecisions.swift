extension PoolState {
    /// Whether there is room for one more task. Copies take none: their tasks do.
    fileprivate var mayTakeTask: Bool {
        let most = Int(policy.maxQueued)
        return tasks.count < most || tasks.count(where: { $0.pointee.leader == nil }) < most
    }
}

extension Decider {
    mutating func taskSubmitted(_ submitted: TaskSubmitted) -> StepOutcome? {
        if state.isStopping { return .rejected(.stopping) }
        let copies = submitted.spec.copies(under: state.policy)
        let most = min(state.policy.maxConnections, TaskSpec.redundancyLimit)
        guard copies <= most else { return .rejected(.redundancy(copies, limit: most)) }
        guard state.mayTakeTask else {
            return .rejected(.queueFull(limit: state.policy.maxQueued))
        }
        let cause = emit(submitted, cause: 0)
        let task = TaskID(cause)
        if copies > 1 {
            copy(task, times: copies, .submitted, cause: cause)
        } else {
            choose(for: task, cause: cause)
        }
        settle(cause: cause)
        return nil
    }

    mutating func taskCancelRequested(_ request: TaskCancelRequested) -> StepOutcome? {
        guard let task = state.tasks.find(request.task) else { return .rejected(.unknownTask(request.task)) }
        if let leader = task.leader { return .rejected(.copy(request.task, of: leader)) }
        let cause = emit(request, cause: 0)
        end(request.task, as: .cancelled, cause: cause)
        settle(cause: cause)
        return nil
    }

    mutating func taskResumeRequested(_ request: TaskResumeRequested) -> StepOutcome? {
        if state.isStopping { return .rejected(.stopping) }
        guard let task = state.tasks.find(request.task) else {
            return .rejected(.unknownTask(request.task))
        }
        if let leader = task.leader { return .rejected(.copy(request.task, of: leader)) }
        guard task.phase == .suspended else { return .rejected(.notSuspended(request.task)) }
        let cause = emit(request, cause: 0)
        if state.groups.contains(request.task) {
            resumeCopies(of: request.task, cause: cause)
        } else {
            queue(request.task, .resumed, cause: cause)
        }
        settle(cause: cause)
        return nil
    }

    mutating func queue(_ id: TaskID, _ reason: QueueReason, cause: UInt64) {
        let task = state.tasks[id]
        emit(
            TaskQueued(task: id, reason: reason, itemsDone: task.itemsDone, backend: task.backend),
            cause: cause)
    }

    /// A task's backoff is over.
    mutating func requeue(_ id: TaskID, cause: UInt64) {
        queue(id, state.tasks[id].recovery == nil ? .retry : .recovering, cause: cause)
    }

    /// How a task can end before its items are done and without a failure.
    enum EarlyEnd {
        case cancelled
        case timedOut
    }

    /// Ends a task wherever it stands.
    mutating func end(_ id: TaskID, as end: EarlyEnd, cause: UInt64) {
        abandonCopies(of: id, .taskEnded, cause: cause)
        abandon(id, end == .cancelled ? .cancelled : .timedOut, cause: cause)
        let done = state.tasks[id].itemsDone
        switch end {
        case .cancelled: emit(TaskCancelled(task: id, itemsDone: done), cause: cause)
        case .timedOut: emit(TaskTimedOut(task: id, itemsDone: done), cause: cause)
        }
    }

    /// Ends a task that holds no allocation and has its last item recorded, whatever became of its run since: nothing
    /// of it is left to run (CORE-7).
    mutating func succeedIfDone(_ id: TaskID, cause: UInt64) -> Bool {
        let task = state.tasks[id]
        guard task.itemsLeft == 0 else { return false }
        leaveRecovery(id, as: nil, cause: cause)
        emit(TaskSucceeded(task: id, itemsDone: task.itemsDone), cause: cause)
        return true
    }

    /// Fails a task that holds no allocation.
    mutating func fail(_ id: TaskID, _ failure: TaskFailure, _ detail: String, cause: UInt64) {
        abandonCopies(of: id, .taskEnded, cause: cause)
        let reason: RollbackReason = failure == .retriesExhausted ? .retriesExhausted : .taskEnded
        leaveRecovery(id, as: reason, cause: cause)
        let done = state.tasks[id].itemsDone
        emit(TaskFailed(task: id, failure: failure, detail: detail, itemsDone: done), cause: cause)
    }

    /// Takes a task off its browser and out of its recovery.
    private mutating func abandon(_ id: TaskID, _ reason: ReleaseReason, cause: UInt64) {
        stopAndReleaseAll(of: id, reason, cause: cause)
        leaveRecovery(id, as: .taskEnded, cause: cause)
    }
}
