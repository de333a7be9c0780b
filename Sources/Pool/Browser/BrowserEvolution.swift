/// What may follow in the life of a browser: launching → ready ⇄ busy → closing → retired, or → failed → healing →
/// ready, or → failed → launching again as a new incarnation.
extension PoolState {
    mutating func evolve(_ decided: BrowserLaunchDecided, at event: EventStamp) {
        let id = decided.browser ?? BrowserID(event.sequence)
        let obligation = ObligationID(event.sequence)
        if decided.browser == nil {
            browsers.insert(BrowserState(id: id))
        } else {
            precondition(browsers[id].phase == .failed, "browser \(id) is launched while it may be alive")
            beginRestart(of: id, at: event.at)
        }
        browsers[id].incarnation = IncarnationID(event.sequence)
        forgetRung(of: id)
        browsers[id].gpuLosses = []
        browsers[id].runsCompleted = 0
        browsers[id].launchedAt = .zero
        browsers[id].memoryBytes = 0
        browsers[id].paceMilli = 0
        browsers[id].recycling = nil
        browsers[id].phase = .launching
        browsers[id].obligation = obligation
        let task = tasks.contains(TaskID(event.cause)) ? TaskID(event.cause) : nil
        obligations.insert(
            ObligationState(
                id: obligation, kind: .launch, browser: id, task: task,
                decidedAt: revision >= 6 ? event.at : .zero))
        timers.set(.launch, event.sequence, at: decided.deadline)
    }

    mutating func evolve(_ launched: BrowserLaunched, at event: EventStamp) {
        measureLaunch(launched.obligation, at: event.at)
        discharge(launched.obligation)
        let id = launched.browser
        browsers[id].obligation = nil
        browsers[id].phase = .ready
        browsers[id].kind = launched.facts.kind
        browsers[id].pid = launched.facts.pid
        browsers[id].backends = launched.facts.support
        browsers[id].simulated = launched.facts.simulated
        browsers[id].limitsGPULosses = launched.facts.limitsGPULosses
        if revision >= 5 {
            browsers[id].features = launched.facts.adapter?.features ?? []
            browsers[id].limits = launched.facts.adapter?.limits ?? []
            browsers[id].launchedAt = event.at
        }
        endRestart(of: id, at: event.at)
        launchFailures = 0
        settleLanes(id, at: event.at)
    }

    mutating func evolve(_ failed: BrowserLaunchFailed) {
        discharge(failed.obligation)
        browsers[failed.browser].obligation = nil
        browsers[failed.browser].phase = .failed
        browsers[failed.browser].failures += 1
        countLaunchFailure()
    }

    /// Launches that fail while a retry is pending belong to the attempt that has failed already: a burst of launches
    /// that one cause ends uses up one attempt of the budget.
    private mutating func countLaunchFailure() {
        if launchRetryAt == .zero { launchFailures += 1 }
    }

    mutating func evolve(_ failed: BrowserFailed, at event: EventStamp) {
        recordRung(at: browsers.place(of: failed.browser), healed: false, event.at)
        learnFailure(of: failed.browser, at: event.at)
        strikeModels(of: failed.browser, failed.evidence, by: event)
        voidObligations(of: failed.browser)
        strike(failed.browser)
        if failed.evidence == .gpuProcessLost { browsers[failed.browser].loseGPU(at: event.at) }
        browsers[failed.browser].phase = .failed
        browsers[failed.browser].failures += 1
        if failed.processEnded { browsers[failed.browser].pid = 0 }
        forgetProcess(failed.browser)
    }

    mutating func evolve(_ decided: BrowserCloseDecided, at event: EventStamp) {
        let id = decided.browser
        let obligation = ObligationID(event.sequence)
        if decided.reason == .failed, browsers[id].isUsable { strikeHangingModels(of: id, by: event) }
        voidObligations(of: id)
        if decided.relaunch { beginRestart(of: id, at: event.at) }
        if browsers[id].isUsable {
            switch decided.reason {
            case .failed, .runNotStopped, .silent:
                strike(id)
                learnFailure(of: id, at: event.at)
            case .idle, .engineStopping, .launchTimedOut, .quarantined, .recycled: break
            }
        }
        if decided.reason == .launchTimedOut {
            countLaunchFailure()
            browsers[id].failures += 1
        }
        forgetProcess(id)
        browsers[id].phase = .closing
        browsers[id].relaunch = decided.relaunch
        browsers[id].obligation = obligation
        let task = revision >= 6 && tasks.contains(TaskID(event.cause)) ? TaskID(event.cause) : nil
        obligations.insert(ObligationState(id: obligation, kind: .close, browser: id, task: task))
        timers.set(.close, event.sequence, at: decided.deadline)
    }

    mutating func evolve(_ closed: BrowserClosed) {
        discharge(closed.obligation)
        browsers[closed.browser].obligation = nil
        browsers[closed.browser].phase = .failed
        browsers[closed.browser].pid = 0
    }

    mutating func removeBrowser(_ id: BrowserID) {
        precondition(browsers[id].allocations.isEmpty, "browser \(id) is retired with an allocation")
        precondition(browsers[id].obligation == nil, "browser \(id) is retired with an obligation")
        clearIdle(id)
        clearQuarantine(id)
        clearHeartbeat(id)
        browsers.discard(id)
    }

    /// Sets the phase of a usable browser, and its idle timer, by what its lanes hold.
    mutating func settleLanes(_ id: BrowserID, at now: EventTime) {
        settleLanes(at: browsers.place(of: id), now)
    }

    mutating func settleLanes(at place: Int, _ now: EventTime) {
        let phase = browsers[at: place].phase
        guard phase.isUsable else { return }
        let taken = browsers[at: place].allocations.count + browsers[at: place].stops.count
        let lanes = BrowserState.lanes(browsers[at: place].breaker, of: policy.lanesPerBrowser)
        browsers[at: place].phase = taken >= lanes ? .busy : .ready
        clearIdle(at: place)
        guard taken == 0 else { return }
        browsers[at: place].idleSince = now
        timers.set(
            .idle, browsers[at: place].id.sequence, at: now.adding(milliseconds: policy.idleTimeoutMs))
    }

    /// A browser that is kept because a task waits, or for the load of the last minute, is looked at again after another
    /// idle timeout. Histories of earlier decision revisions, which did not keep it, have the bytes that they had.
    mutating func waitOnIfIdle(_ id: BrowserID, at due: EventTime) {
        let isKept = target.map { $0 > leastTarget } ?? false
        guard revision >= 4, !queue.isEmpty || isKept else { return }
        timers.set(.idle, id.sequence, at: due.adding(milliseconds: policy.idleTimeoutMs))
    }

    private mutating func clearIdle(_ id: BrowserID) { clearIdle(at: browsers.place(of: id)) }

    private mutating func clearIdle(at place: Int) {
        guard browsers[at: place].idleSince != .zero else { return }
        timers.clear(.idle, browsers[at: place].id.sequence)
        browsers[at: place].idleSince = .zero
    }

    /// What was true of a process that is lost or being ended: what it held, and when it fell idle.
    private mutating func forgetProcess(_ id: BrowserID) {
        clearIdle(id)
        forgetHeartbeats(id)
        forgetHealing(at: browsers.place(of: id))
        browsers[id].residentModels = []
        browsers[id].unpreparableModels = []
        browsers[id].affinities = []
        browsers[id].backends = []
    }

    /// Voids everything that is owed on this browser.
    mutating func voidObligations(of id: BrowserID) {
        for obligation in obligations.filter({ $0.pointee.browser == id }) { discharge(obligation.id) }
        browsers[id].obligation = nil
        browsers[id].stops = []
        browsers[id].evidence = nil
    }
}

extension BrowserState {
    /// What its pace is taken for at least and at most, in thousandths.
    static let paces: ClosedRange<UInt64> = 50...20_000

    /// Lanes that hold an allocation or a run that has yet to stop.
    public var lanesTaken: Int { allocations.count + stops.count }

    /// Whether it is about to be usable, again or for the first time.
    var isComing: Bool { phase.isComing(relaunch: relaunch) }

    /// True while work can run on it.
    public var isUsable: Bool { phase.isUsable }

    /// Whether its probe found a backend.
    public func offers(_ backend: Backend) -> Bool { backends.offer(backend) }

    /// Whether it has the backend, the features and the limits that a task needs.
    func meets(_ needs: TaskNeeds) -> Bool { offers(needs.backend) && needs.isMet(features, limits) }
}
