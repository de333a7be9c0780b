/// How a task that lost its browser goes on, by strategy: it moves to another browser (immediate), waits for its own to
/// be healed, rung by rung, and moves when nothing helps (progressive), waits together with all others that the fault
/// hit (coordinated), or does both at once (parallel). The adaptive strategy is one of these, chosen once for all that a
/// fault hits.
extension Decider {
    /// What is done about the browser that a task was on.
    struct Healing {
        var browser: BrowserID
        var rung: Rung
    }

    /// What a failure is answered with, the same for all tasks that it hits.
    private struct Answer {
        var evidence: Evidence
        /// What the adaptive strategy is this time, if a task asks for it; nil when the browser is not healed at all.
        var choice: AdaptiveChoice?
        /// Whether another browser has room; nil when the browser is not healed at all.
        var spare: Spare?
    }

    /// Recovers every task that held one of these allocations, in their order.
    ///
    /// - Parameter healing: nil when the browser is not healed at all.
    mutating func recoverAll(
        _ allocations: [AllocationID], _ reason: ReleaseReason, evidence: Evidence, healing: Healing?,
        cause: UInt64
    ) {
        var together: [TaskID] = []
        let answer = answer(to: evidence, for: allocations, healing)
        for id in allocations {
            // A group that is rolled back takes the allocations of all its members along.
            guard let task = state.allocations.find(id)?.task else { continue }
            release(id, reason, cause: cause)
            // The other side of a race goes on.
            if state.tasks[task].allocation != nil { continue }
            if healing != nil, isCoordinated(state.tasks[task], answer) {
                together.append(task)
            } else {
                recover(task, answer, healing: healing, cause: cause)
            }
        }
        if let healing {
            recoverTogether(together, answer, healing: healing, cause: cause)
        }
    }

    /// Recovers a task whose browser is gone.
    mutating func recover(_ id: TaskID, evidence: Evidence, cause: UInt64) {
        recover(id, Answer(evidence: evidence), healing: nil, cause: cause)
    }

    private func answer(
        to evidence: Evidence, for allocations: [AllocationID], _ healing: Healing?
    ) -> Answer {
        guard let healing,
            let task = allocations.lazy.compactMap({ state.allocations.find($0)?.task }).first
        else { return Answer(evidence: evidence) }
        let spare = spare(for: state.tasks[task], besides: healing.browser)
        let isAdaptive = allocations.contains { id in
            state.allocations.find(id).map { asked(by: state.tasks[$0.task]) == .adaptive } ?? false
        }
        let choice = isAdaptive ? AdaptiveChoice(after: evidence, spare: spare, state.experience) : nil
        return Answer(evidence: evidence, choice: choice, spare: spare)
    }

    /// What other browsers could do for a task at once.
    private func spare(for task: TaskState, besides id: BrowserID) -> Spare {
        let needs = TaskNeeds(of: task)
        var spare = Spare.none
        state.browsers.inspect {
            guard $0.pointee.id != id, $0.pointee.takesWork, $0.pointee.meets(needs),
                $0.pointee.lanesTaken < $0.pointee.lanes(state.policy)
            else { return }
            if $0.pointee.residentModels.contains(task.spec.modelDigest) {
                spare = .warm
            } else if spare == .none {
                spare = .cold
            }
        }
        return spare
    }

    /// Begins a recovery, or takes the next attempt of the one under way: a browser that fails while a task recovers
    /// on it does not start another transaction.
    private mutating func recover(_ id: TaskID, _ answer: Answer, healing: Healing?, cause: UInt64) {
        guard let attempt = nextAttempt(of: id, after: answer.evidence, cause: cause) else { return }
        // Those of its group that wait for the browser that is not healed wait for themselves.
        if healing == nil, let group = state.recoveries.find(state.tasks[id].recovery)?.group {
            return rollBackTogether(group, cause: cause)
        }
        let strategy = strategy(of: state.tasks[id], answer)
        let waits = healing != nil && (strategy == .progressive || strategy == .parallel)
        let (recovery, rungCause) = begin(
            id, answer, strategy, waitingFor: waits ? healing?.browser : nil, group: nil, cause: cause)
        if let healing, strategy == .progressive, state.recoveries[recovery].waitsForHealing {
            emit(
                RungStarted(
                    recovery: recovery, rung: healing.rung, attempt: attempt, browser: healing.browser),
                cause: rungCause)
        } else if strategy == .progressive, state.recoveries[recovery].rung == .failOver,
            let backend = nextBackend(of: state.tasks[id])
        {
            let rung = emit(
                RungStarted(recovery: recovery, rung: .changeBackend, attempt: attempt), cause: rungCause)
            let done = state.tasks[id].itemsDone
            emit(
                TaskQueued(task: id, reason: .backendChanged, itemsDone: done, backend: backend), cause: rung)
        } else {
            let browser = strategy == .parallel ? healing?.browser : nil
            let rung = emit(
                RungStarted(recovery: recovery, rung: .failOver, attempt: attempt, browser: browser),
                cause: rungCause)
            if attempt == 1 {
                queue(id, .recovering, cause: rung)
            } else {
                emit(
                    RetryScheduled(task: id, attempt: attempt, dueAt: backoff(after: attempt - 1)),
                    cause: rung)
            }
        }
    }

    /// The number of the attempt that follows on a failure; nil when the task has ended instead.
    private mutating func nextAttempt(of id: TaskID, after evidence: Evidence, cause: UInt64) -> UInt32? {
        if succeedIfDone(id, cause: cause) { return nil }
        guard state.policy.enableFaultTolerance || evidence == .engineRestarted else {
            let detail = "its browser failed (\(evidence.name)) and enable_fault_tolerance is off"
            fail(id, .faultToleranceOff, detail, cause: cause)
            return nil
        }
        let attempts = state.tasks[id].attempts
        guard attempts < state.policy.retry.budget else {
            let detail =
                "\(attempts) attempts in a row recorded no item; the last evidence was \(evidence.name)"
            fail(id, .retriesExhausted, detail, cause: cause)
            return nil
        }
        return attempts + 1
    }

    /// The recovery that a task is in, or a new one, with the event that its next rung follows from.
    private mutating func begin(
        _ id: TaskID, _ answer: Answer, _ strategy: RecoveryStrategy, waitingFor browser: BrowserID?,
        group: RecoveryID?, cause: UInt64
    ) -> (RecoveryID, cause: UInt64) {
        let task = state.tasks[id]
        if let current = task.recovery { return (current, cause) }
        let isChosen = asked(by: task) == .adaptive
        let began = emit(
            RecoveryBegan(
                task: id, evidence: answer.evidence, strategy: strategy, checkpointItems: task.itemsDone,
                deadline: now.adding(milliseconds: task.spec.recoveryTimeoutMs), browser: browser,
                group: group, spare: answer.spare,
                estimates: isChosen ? answer.choice?.estimates ?? [] : [],
                explored: isChosen && answer.choice?.explores ?? false),
            cause: cause)
        return (RecoveryID(began), began)
    }

    /// The strategy that a task asks for.
    private func asked(by task: TaskState) -> RecoveryStrategy {
        task.spec.failoverStrategy ?? state.policy.recoveryStrategy
    }

    /// The strategy by which a task is brought back.
    private func strategy(of task: TaskState, _ answer: Answer) -> RecoveryStrategy {
        if let recovery = state.recoveries.find(task.recovery) { return recovery.strategy }
        let asked = asked(by: task)
        return asked == .adaptive ? answer.choice?.strategy ?? .immediate : asked
    }

    // MARK: Groups

    /// Whether a task recovers together with others: not if it lost its browser with an engine, as others did then of
    /// which nothing is known any more.
    private func isCoordinated(_ task: TaskState, _ answer: Answer) -> Bool {
        strategy(of: task, answer) == .coordinated
            && state.recoveries.find(task.recovery).map { $0.group != nil } ?? true
    }

    /// The recoveries of a group that are not over, in their order.
    func members(of group: RecoveryID) -> [RecoveryState] {
        state.recoveries.entities.filter { $0.group == group }
    }

    /// Holds all tasks that one fault hit until their browser is healed, and resumes them in one step.
    private mutating func recoverTogether(
        _ tasks: [TaskID], _ answer: Answer, healing: Healing, cause: UInt64
    ) {
        var attempts: [(task: TaskID, attempt: UInt32)] = []
        for id in tasks {
            if let attempt = nextAttempt(of: id, after: answer.evidence, cause: cause) {
                attempts.append((id, attempt))
            }
        }
        var group: RecoveryID?
        for (id, attempt) in attempts {
            // A group that was rolled back took all of its members along.
            let recovery = state.recoveries.find(state.tasks[id].recovery)
            if let recovery, let broken = recovery.group, !recovery.waitsForHealing {
                rollBackTogether(broken, cause: cause)
                continue
            }
            guard recovery != nil || state.tasks[id].retryAt == .zero else { continue }
            if recovery == nil, group == nil { group = RecoveryID(state.position + 1) }
            let (current, rungCause) = begin(
                id, answer, .coordinated, waitingFor: healing.browser, group: group, cause: cause)
            emit(
                RungStarted(
                    recovery: current, rung: healing.rung, attempt: attempt, browser: healing.browser),
                cause: rungCause)
        }
    }

    /// Takes the members of a group that are under way off their browsers, and all of them back to their checkpoints:
    /// each is tried again for itself, within its budget.
    mutating func rollBackTogether(_ group: RecoveryID, timedOut: RecoveryID? = nil, cause: UInt64) {
        let members = members(of: group)
        for member in members {
            stopAndReleaseAll(of: member.task, .groupFailed, cause: cause)
            let reason: RollbackReason = member.id == timedOut ? .timedOut : .groupFailed
            emit(RecoveryRolledBack(recovery: member.id, task: member.task, reason: reason), cause: cause)
        }
        for member in members {
            retry(member.task, "its group could not be brought back", cause: cause)
        }
    }

    /// Commits the recoveries of a group once every member runs again.
    private mutating func commitIfComplete(_ group: RecoveryID, cause: UInt64) {
        let members = members(of: group)
        guard members.allSatisfy(\.resumed) else { return }
        for member in members { commit(member, cause: cause) }
    }

    // MARK: Ends

    /// A task runs again: its recovery has succeeded, unless others of its group do not run yet.
    mutating func commitRecovery(of id: TaskID, cause: UInt64) {
        guard let recovery = state.recoveries.find(state.tasks[id].recovery) else { return }
        if let group = recovery.group {
            commitIfComplete(group, cause: cause)
        } else {
            commit(recovery, cause: cause)
        }
    }

    private mutating func commit(_ recovery: RecoveryState, cause: UInt64) {
        let duration = now.nanoseconds(since: recovery.beganAt)
        emit(
            RecoveryCommitted(recovery: recovery.id, task: recovery.task, durationNs: duration), cause: cause)
    }

    /// Takes a task that ends out of its recovery: one whose items are done has been brought back, whatever becomes of
    /// the others of its group.
    mutating func leaveRecovery(_ id: TaskID, as reason: RollbackReason?, cause: UInt64) {
        guard let recovery = state.recoveries.find(state.tasks[id].recovery) else { return }
        if let reason {
            emit(RecoveryRolledBack(recovery: recovery.id, task: id, reason: reason), cause: cause)
        } else {
            commit(recovery, cause: cause)
        }
        if let group = recovery.group { commitIfComplete(group, cause: cause) }
    }

    /// A task that goes on in another way than the others of its group leaves it.
    mutating func leaveGroup(_ id: TaskID, cause: UInt64) {
        guard state.recoveries.find(state.tasks[id].recovery)?.group != nil else { return }
        leaveRecovery(id, as: .groupFailed, cause: cause)
    }

    /// A recovery took too long: its member goes back to its checkpoint and is tried again later, within the budget.
    mutating func recoveryTimedOut(_ id: RecoveryID, cause: UInt64) {
        let recovery = state.recoveries[id]
        if let group = recovery.group {
            return rollBackTogether(group, timedOut: id, cause: cause)
        }
        stopAndReleaseAll(of: recovery.task, .recoveryTimedOut, cause: cause)
        emit(RecoveryRolledBack(recovery: id, task: recovery.task, reason: .timedOut), cause: cause)
        retry(recovery.task, "its recovery timed out", cause: cause)
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

extension RecoveryState {
    /// Whether its browser has rungs left: not once it was started anew in vain.
    var waitsForHealing: Bool {
        switch rung {
        case nil, .endScript, .reloadPage, .freshPage, .restartGPU: true
        case .restartBrowser, .failOver, .changeBackend: false
        }
    }
}
