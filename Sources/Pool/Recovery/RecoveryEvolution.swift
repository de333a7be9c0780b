/// A recovery is a transaction: it begins with its member's checkpoint pinned, takes rungs, and commits when the
/// member runs again; otherwise it is rolled back.
extension PoolState {
    mutating func evolve(_ began: RecoveryBegan, at event: EventStamp) {
        let id = RecoveryID(event.sequence)
        precondition(tasks[began.task].recovery == nil, "task \(began.task) is in recovery already")
        recoveries.insert(
            RecoveryState(
                id: id, task: began.task, evidence: began.evidence, strategy: began.strategy,
                beganAt: event.at, deadline: began.deadline, checkpointItems: began.checkpointItems,
                browser: began.browser, group: began.group, spare: began.spare))
        tasks[began.task].recovery = id
        timers.set(.recoveryTimeout, event.sequence, at: began.deadline)
    }

    mutating func evolve(_ started: RungStarted) {
        let recovery = recoveries.place(of: started.recovery)
        let task = tasks.place(of: recoveries[at: recovery].task)
        tasks[at: task].attempts = started.attempt
        // Recoveries that never have to do with the healing of a browser keep nothing of their rungs.
        let keepsRung = started.browser != nil || recoveries[at: recovery].rung != nil
        if keepsRung || recoveries[at: recovery].browser != nil {
            recoveries[at: recovery].rung = started.rung
        }
        recoveries[at: recovery].browser = started.browser
        recoveries[at: recovery].resumed = false
        if started.rung.healsBrowser { tasks[at: task].phase = .recovering }
    }

    /// What a recovery cost that brought its task back: the time that it took, and what its race took of other lanes.
    mutating func evolve(_ committed: RecoveryCommitted) {
        let recovery = recoveries[committed.recovery]
        if revision >= 5, let spare = recovery.spare {
            experience.record(
                recovery.strategy, recovery.evidence, spare: spare, succeeded: true,
                timeUs: committed.durationNs / 1_000, raceUs: recovery.raceNs / 1_000)
        }
        removeRecovery(committed.recovery)
    }

    /// One that was given up is taken to have cost all the time that it had, where that says anything of its strategy.
    mutating func evolve(_ rolledBack: RecoveryRolledBack) {
        switch rolledBack.reason {
        case .timedOut, .retriesExhausted, .groupFailed:
            let recovery = recoveries[rolledBack.recovery]
            guard revision >= 5, let spare = recovery.spare else { break }
            let given = recovery.deadline.nanoseconds(since: recovery.beganAt)
            experience.record(
                recovery.strategy, recovery.evidence, spare: spare, succeeded: false,
                timeUs: given / 1_000, raceUs: recovery.raceNs / 1_000)
        case .taskEnded, .engineStopped: break
        }
        removeRecovery(rolledBack.recovery)
    }

    private mutating func removeRecovery(_ id: RecoveryID) {
        let recovery = recoveries.remove(id)
        timers.clear(.recoveryTimeout, id.sequence, at: recovery.deadline)
        let task = tasks.place(of: recovery.task)
        tasks[at: task].recovery = nil
        if tasks[at: task].phase == .recovering { tasks[at: task].phase = .queued }
    }
}

/// What may follow in the healing of a browser: failed → healing, rung after rung → ready, or → closing.
extension PoolState {
    mutating func evolve(_ decided: HealDecided, at event: EventStamp) {
        let obligation = ObligationID(event.sequence)
        voidObligations(of: decided.browser)
        let browser = browsers.place(of: decided.browser)
        browsers[at: browser].phase = .healing
        browsers[at: browser].obligation = obligation
        browsers[at: browser].rung = decided.rung
        browsers[at: browser].rungAt = event.at
        browsers[at: browser].evidence = decided.evidence
        if decided.rung == .restartGPU { browsers[at: browser].loseGPU(at: event.at) }
        obligations.insert(ObligationState(id: obligation, kind: .heal, browser: decided.browser))
        timers.set(.heal, event.sequence, at: decided.deadline)
    }

    mutating func evolve(_ ended: RungEnded, at event: EventStamp) {
        let browser = browsers.place(of: ended.browser)
        recordRung(at: browser, healed: ended.healed, event.at)
        if ended.healed, let rung = browsers[at: browser].rung {
            awaitStart(at: browser, after: rung, browsers[at: browser].evidence)
        }
        discharge(ended.obligation)
        browsers[at: browser].obligation = nil
        browsers[at: browser].evidence = nil
        browsers[at: browser].phase = ended.healed ? .ready : .failed
        guard ended.healed else { return }
        browsers[at: browser].backends = ended.backends
        settleLanes(at: browser, event.at)
    }
}

extension PoolState {
    /// Takes in how the rung under way on a browser ended, if one is.
    mutating func recordRung(at browser: Int, healed: Bool, _ now: EventTime) {
        guard revision >= 5, browsers[at: browser].phase == .healing, let rung = browsers[at: browser].rung
        else { return }
        experience.record(
            rung, browsers[at: browser].evidence, healed: healed,
            timeUs: now.nanoseconds(since: browsers[at: browser].rungAt) / 1_000)
    }

    /// The rung that was last taken on a browser says nothing any more of what helps it.
    mutating func forgetRung(of id: BrowserID) {
        let browser = browsers.place(of: id)
        browsers[at: browser].rung = nil
        browsers[at: browser].rungAt = .zero
    }

    /// Takes note that a browser's process is given up for a new one.
    mutating func beginRestart(of id: BrowserID, at now: EventTime) {
        if revision >= 5, browsers[id].restartAt == .zero { browsers[id].restartAt = now }
    }

    /// Takes in how long it took until the new process of a browser was usable.
    mutating func endRestart(of id: BrowserID, at now: EventTime) {
        let began = browsers[id].restartAt
        guard began != .zero else { return }
        experience.record(
            .restartBrowser, nil, healed: true, timeUs: now.nanoseconds(since: began) / 1_000)
        browsers[id].restartAt = .zero
        awaitStart(at: browsers.place(of: id), after: .restartBrowser, nil)
    }

    /// Takes note that the next run on a browser shows what a start takes after a rung.
    private mutating func awaitStart(at browser: Int, after rung: Rung, _ evidence: Evidence?) {
        guard revision >= 8 else { return }
        browsers[at: browser].healedBy = rung
        browsers[at: browser].healedFrom = evidence
    }

    /// Takes in what the start of the first run on a healed browser took, which was granted it at a time: also of one
    /// that lost its race, which would have taken longer yet.
    mutating func recordStart(on browser: Int, granted: EventTime, _ now: EventTime) {
        guard let rung = browsers[at: browser].healedBy else { return }
        experience.recordStart(
            after: rung, browsers[at: browser].healedFrom, timeUs: now.nanoseconds(since: granted) / 1_000)
        forgetHealing(at: browser)
    }

    mutating func forgetHealing(at browser: Int) {
        browsers[at: browser].healedBy = nil
        browsers[at: browser].healedFrom = nil
    }
}

extension Rung {
    /// Whether it is taken on a browser, for which the task waits meanwhile.
    var healsBrowser: Bool {
        switch self {
        case .endScript, .reloadPage, .freshPage, .restartGPU, .restartBrowser: true
        case .failOver, .changeBackend: false
        }
    }
}
