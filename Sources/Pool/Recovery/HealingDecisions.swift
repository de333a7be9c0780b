/// How a failed browser is made usable again: rung after rung of the ladder for what was seen, each under its own
/// deadline, and what becomes of the tasks that wait for it.
extension Decider {
    /// Takes the next rung on a failed browser whose process lives, and gives it: the cheapest, or, where the strategy is
    /// adaptive, the one from which on healing is expected to take the least time.
    mutating func heal(_ id: BrowserID, _ evidence: Evidence, cause: UInt64) -> Rung {
        let browser = state.browsers[id]
        let rungs =
            state.policy.enableFaultTolerance ? browser.rungs(for: evidence, at: now) : [.restartBrowser]
        var estimates: [RungEstimate] = []
        if state.policy.recoveryStrategy == .adaptive, rungs.count > 1 {
            estimates = browser.rungEstimates(
                rungs, after: evidence, state.experience, launchDeadlineMs: state.policy.launchDeadlineMs)
        }
        let rung = estimates.min { $0.expectedUs < $1.expectedUs }?.rung ?? rungs[0]
        if rung == .restartBrowser {
            close(id, .failed, relaunch: true, cause: cause)
        } else {
            emit(
                HealDecided(
                    browser: id, incarnation: browser.incarnation, evidence: evidence, rung: rung,
                    deadline: now.adding(milliseconds: state.policy.rungDeadlineMs), estimates: estimates),
                cause: cause)
        }
        return rung
    }

    mutating func rungEnded(_ ended: RungEnded) -> StepOutcome? {
        guard let obligation = state.obligations.find(ended.obligation), obligation.kind == .heal,
            obligation.browser == ended.browser
        else { return .refused(.stale, subject: ended.obligation.sequence) }
        let evidence = state.browsers[ended.browser].evidence
        let cause = emit(ended, cause: ended.obligation.sequence)
        if ended.healed {
            resume(on: ended.browser, cause: cause)
        } else {
            climb(ended.browser, evidence ?? .protocolError, cause: cause)
        }
        settle(cause: cause)
        return nil
    }

    mutating func rungTimedOut(_ id: ObligationID, cause: UInt64) {
        let browser = state.browsers[state.obligations[id].browser]
        climb(browser.id, browser.evidence ?? .protocolError, cause: cause)
    }

    /// A rung did not heal the browser: the next one is taken, and those who wait for it wait on.
    private mutating func climb(_ id: BrowserID, _ evidence: Evidence, cause: UInt64) {
        let rung = heal(id, evidence, cause: cause)
        waitOn(for: id, rung, cause: cause)
    }

    /// The tasks that wait for a browser wait for another rung of it.
    mutating func waitOn(for id: BrowserID, _ rung: Rung, cause: UInt64) {
        for recovery in waiting(for: id) where state.tasks[recovery.task].phase == .recovering {
            let attempt = state.tasks[recovery.task].attempts
            emit(
                RungStarted(recovery: recovery.id, rung: rung, attempt: attempt, browser: id), cause: cause)
        }
    }

    /// The recoveries that a browser's healing may end.
    private func waiting(for id: BrowserID) -> [RecoveryState] {
        state.recoveries.entities.filter { $0.browser == id }
    }

    /// A browser is usable again: the tasks that waited for it go on there, before any other is granted a lane of it.
    mutating func resume(on id: BrowserID, cause: UInt64) {
        for recovery in waiting(for: id) where state.recoveries.contains(recovery.id) {
            let task = state.tasks[recovery.task]
            switch (recovery.group, task.phase) {
            case (let group?, .recovering): resumeTogether(group, on: id, cause: cause)
            case (nil, .recovering):
                if canTake(task, id) {
                    grant(task, on: id, for: recovery.id, cause: cause)
                } else {
                    failOver(recovery.id, cause: cause)
                }
            case (nil, .queued) where state.isQueued(task.id) && canTake(task, id):
                grant(task, on: id, for: recovery.id, cause: cause)
            case (nil, .granted) where state.mayRace(at: state.tasks.place(of: task.id)) && canTake(task, id):
                grant(task, on: id, for: recovery.id, cause: cause)
            default: break
            }
        }
    }

    /// Grants the healed browser to all members of a group, or to none.
    private mutating func resumeTogether(_ group: RecoveryID, on id: BrowserID, cause: UInt64) {
        let members = members(of: group)
        let lanes = state.browsers[id].lanes(state.policy) - state.browsers[id].lanesTaken
        let canResume = members.allSatisfy {
            state.tasks[$0.task].phase == .recovering && canTake(state.tasks[$0.task], id)
        }
        // A model that is tried again there has one run at a time.
        let kind = state.browsers[id].kind
        let onTrial = members.map { state.tasks[$0.task].spec.modelDigest }.filter { model in
            kind.flatMap { state.modelBreakers.breaker(of: model, on: $0)?.phase } == .halfOpen
        }
        guard canResume, members.count <= lanes, Set(onTrial).count == onTrial.count else {
            return rollBackTogether(group, cause: cause)
        }
        for member in members {
            grant(state.tasks[member.task], on: id, for: member.id, cause: cause)
        }
    }

    private func canTake(_ task: TaskState, _ id: BrowserID) -> Bool {
        let browser = state.browsers[id]
        return browser.takesWork && browser.lanesTaken < browser.lanes(state.policy)
            && browser.meets(TaskNeeds(of: task)) && !state.isKept(task.spec.modelDigest, from: browser.kind)
            && !state.browsers(ofOtherCopiesThan: task).contains(id)
    }

    /// A browser could not be started anew: those who wait for it go elsewhere.
    mutating func forsake(_ id: BrowserID, cause: UInt64) {
        for recovery in waiting(for: id) { forsake(recovery, cause: cause) }
    }

    /// A task that waits for its browser goes elsewhere; nothing happens where it does not wait any more.
    mutating func forsake(_ recovery: RecoveryState, cause: UInt64) {
        guard state.recoveries.contains(recovery.id), state.tasks[recovery.task].phase == .recovering else {
            return
        }
        if let group = recovery.group {
            rollBackTogether(group, cause: cause)
        } else {
            failOver(recovery.id, cause: cause)
        }
    }

    /// A task that waited for its browser goes on on another, within the same attempt.
    private mutating func failOver(_ id: RecoveryID, cause: UInt64) {
        let task = state.recoveries[id].task
        let attempt = state.tasks[task].attempts
        let rung = emit(RungStarted(recovery: id, rung: .failOver, attempt: attempt), cause: cause)
        queue(task, .recovering, cause: rung)
    }
}
