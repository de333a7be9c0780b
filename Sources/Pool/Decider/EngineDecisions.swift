extension Decider {
    /// A new engine: the processes of the one before are gone, and so is everything that it owed. What is still
    /// wanted is decided anew, once the new policy is known.
    mutating func engineStarted(_ started: EngineStarted) {
        let cause = emit(started, cause: 0)
        let interrupted = state.tasks.entities.filter { $0.allocation != nil || $0.recovery != nil }.map(\.id)
        for allocation in state.allocations.entities {
            release(allocation.id, .engineRestarted, cause: cause)
        }
        rollBackRecoveries(cause: cause)
        for browser in state.browsers.ids {
            emit(BrowserRetired(browser: browser, reason: .engineRestarted), cause: cause)
        }
        abandonServedGroups(cause: cause)
        for task in state.tasks.entities where task.phase != .suspended && state.tasks.contains(task.id) {
            if succeedIfDone(task.id, cause: cause) { continue }
            if !task.spec.statePersistence {
                fail(task.id, .stateNotPersisted, "the engine that ran the task ended", cause: cause)
            } else if started.holdTasks {
                suspend(task.id, .engineRestarted, cause: cause)
            } else if interrupted.contains(task.id) {
                recover(task.id, evidence: .engineRestarted, cause: cause)
            }
        }
    }

    /// The engine is to end: nothing more is granted, tasks wait for the next engine, and browsers are closed.
    mutating func engineStopRequested(_ request: EngineStopRequested) {
        let cause = emit(request, cause: 0)
        for browser in state.browsers.entities where browser.phase != .closing {
            if browser.phase == .failed {
                emit(BrowserRetired(browser: browser.id, reason: .closed), cause: cause)
            } else {
                close(browser.id, .engineStopping, relaunch: false, cause: cause)
            }
        }
        for allocation in state.allocations.entities {
            release(allocation.id, .engineStopping, cause: cause)
        }
        rollBackRecoveries(cause: cause)
        abandonServedGroups(cause: cause)
        for task in state.tasks.entities where task.phase != .suspended && state.tasks.contains(task.id) {
            if succeedIfDone(task.id, cause: cause) { continue }
            if task.spec.statePersistence {
                suspend(task.id, .engineStopped, cause: cause)
            } else {
                fail(task.id, .stateNotPersisted, "the engine that ran the task was stopped", cause: cause)
            }
        }
    }

    private mutating func suspend(_ task: TaskID, _ reason: SuspendReason, cause: UInt64) {
        let done = state.tasks[task].itemsDone
        emit(TaskSuspended(task: task, reason: reason, itemsDone: done), cause: cause)
    }

    private mutating func rollBackRecoveries(cause: UInt64) {
        for recovery in state.recoveries.entities {
            emit(
                RecoveryRolledBack(recovery: recovery.id, task: recovery.task, reason: .engineStopped),
                cause: cause)
        }
    }

    /// Events leave the log in its order, and only those that are there. The same point may be set again: whoever set
    /// it may have ended before the events were moved.
    mutating func retentionPointSet(_ point: RetentionPointSet) -> StepOutcome? {
        guard point.position >= max(state.retentionPoint, 1), point.position <= state.position else {
            return .rejected(
                .retentionPoint(point.position, former: state.retentionPoint, last: state.position))
        }
        emit(point, cause: 0)
        return nil
    }

    mutating func timerFired(_ fired: TimerFired) -> StepOutcome? {
        let timer = TimerState(dueAt: fired.dueAt, kind: fired.kind, subject: fired.subject)
        guard state.timers.contains(timer), fired.dueAt <= now else {
            return .refused(.stale, subject: fired.subject)
        }
        let cause = emit(fired, cause: 0)
        switch fired.kind {
        case .lease: leaseExpired(AllocationID(fired.subject), cause: cause)
        case .recoveryTimeout: recoveryTimedOut(RecoveryID(fired.subject), cause: cause)
        case .taskDeadline: end(TaskID(fired.subject), as: .timedOut, cause: cause)
        case .retry: requeue(TaskID(fired.subject), cause: cause)
        case .launch: launchTimedOut(ObligationID(fired.subject), cause: cause)
        case .close: closeAgain(ObligationID(fired.subject), cause: cause)
        case .stop: stopTimedOut(ObligationID(fired.subject), cause: cause)
        case .heal: rungTimedOut(ObligationID(fired.subject), cause: cause)
        case .breaker: quarantineEnded(BrowserID(fired.subject), cause: cause)
        case .heartbeat: heartbeatMissed(BrowserID(fired.subject), cause: cause)
        case .modelBreaker: modelQuarantineEnded(fired.subject, cause: cause)
        case .launchRetry, .prepare, .compare, .scale: break
        case .idle: idled(BrowserID(fired.subject), cause: cause)
        }
        settle(cause: cause)
        return nil
    }
}
