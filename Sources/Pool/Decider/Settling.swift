/// What follows from the state alone: waiting tasks get browsers, and there are as many browsers as are wanted.
extension Decider {
    mutating func settle(cause: UInt64) {
        guard !state.isStopping, state.isConfigured else { return }
        closeRecycled(cause: cause)
        serveWaiting(cause: cause)
        // The run that gives way may be a copy's, whose results keep others of its task off that browser.
        if preempt() { serveWaiting(cause: cause) }
        shedIdle(cause: cause)
        prepareSpares(cause: cause)
    }

    /// Grants what can be granted, and has browsers launched for what cannot, until neither leads to more of the other.
    private mutating func serveWaiting(cause: UInt64) {
        repeat {
            repeat {
                grantQueued()
                scale(cause: cause)
                launchWanted(cause: cause)
            } while refuseUnoffered(cause: cause)
        } while settleGroups(cause: cause)
    }

    private mutating func grantQueued() {
        var passedOver = PassedOver()
        while let id = firstQueued(besides: passedOver) {
            let task = state.tasks[id]
            let placement = Placement(of: task, in: state)
            guard let best = placement.candidates.first else {
                if placement.isKeptByCopies {
                    passedOver.copies.insert(id)
                } else if placement.isKeptByModel {
                    passedOver.models.append((TaskNeeds(of: task), task.spec.modelDigest))
                } else if placement.isKeptByNeeds {
                    passedOver.needs.append(TaskNeeds(of: task))
                } else {
                    return
                }
                continue
            }
            let grant = TaskGranted(
                task: id, browser: best.browser, incarnation: state.browsers[best.browser].incarnation,
                leaseDeadline: now.adding(milliseconds: state.policy.leaseMs),
                candidates: placement.candidates, filtered: placement.filtered)
            assign(grant, queueNs: now.nanoseconds(since: task.queuedAt), cause: task.queuedBy)
        }
    }

    /// Waiting tasks that are known to find no place now, while others may.
    private struct PassedOver {
        /// All with such needs.
        var needs: [TaskNeeds] = []
        /// All with such needs and of such a model.
        var models: [(needs: TaskNeeds, model: Digest)] = []
        /// Copies that others of their task keep out.
        var copies: Set<TaskID> = []
    }

    /// The task of the queue that is granted first of all others.
    private func firstQueued(besides passedOver: PassedOver) -> TaskID? {
        let (models, copies) = (passedOver.models, passedOver.copies)
        if models.isEmpty, copies.isEmpty { return state.queue.first(besides: passedOver.needs) }
        return state.queue.first(besides: passedOver.needs) { id in
            if copies.contains(id) { return false }
            if models.isEmpty { return true }
            let task = state.tasks[id]
            return !models.contains { $0.model == task.spec.modelDigest && $0.needs == TaskNeeds(of: task) }
        }
    }

    /// Grants a task the browser that its recovery waited for.
    mutating func grant(_ task: TaskState, on id: BrowserID, for recovery: RecoveryID, cause: UInt64) {
        let grant = TaskGranted(
            task: task.id, browser: id, incarnation: state.browsers[id].incarnation,
            leaseDeadline: now.adding(milliseconds: state.policy.leaseMs), recovery: recovery)
        assign(grant, queueNs: 0, cause: cause)
    }

    private mutating func assign(_ granted: TaskGranted, queueNs: UInt64, cause: UInt64) {
        let grant = emit(granted, cause: cause)
        let task = state.tasks[granted.task]
        emit(
            RunAssigned(
                allocation: AllocationID(grant), task: task.id, browser: granted.browser,
                firstItem: task.itemsDone, itemCount: task.itemsLeft, backend: task.backend, queueNs: queueNs),
            cause: grant)
    }

    private mutating func launchWanted(cause: UInt64) {
        let lanes = Int(state.policy.lanesPerBrowser)
        // A task that is in the queue or runs is active; the others are looked at only where there is none.
        let active =
            !state.queue.isEmpty || !state.allocations.isEmpty
            || state.tasks.contains { $0.pointee.phase != .suspended }
        // Lanes of browsers that come back are kept for those who wait for them.
        let held = state.recoveries.count { state.tasks[$0.pointee.task].phase == .recovering }
        let demand = state.queue.count + held
        var target = Int(state.policy.warmBrowsers)
        if active, !state.policy.adaptiveScaling { target = Int(state.policy.maxConnections) }
        if let scaled = state.target,
            scaled > state.leastTarget || demand > 0 || !state.allocations.isEmpty
        {
            target = scaled
        }
        var coming = state.browsers.count {
            $0.pointee.phase.isComing(relaunch: $0.pointee.relaunch) && $0.pointee.breaker != .open
        }
        var kept = coming + state.browsers.count { $0.pointee.phase.isUsable && $0.pointee.breaker != .open }
        let isHeldBack = state.launchRetryAt != .zero

        for browser in state.browsers.filter({ $0.pointee.phase == .failed }) {
            if active || kept < target {
                if isHeldBack { continue }
                launch(browser.id, .heal, cause: cause)
                if browser.breaker == .open { continue }
                coming += 1
                kept += 1
            } else {
                emit(BrowserRetired(browser: browser.id, reason: .notNeeded), cause: cause)
            }
        }
        while !isHeldBack, state.browsers.count < Int(state.policy.maxConnections),
            kept < target || (state.target == nil && demand > coming * lanes), state.memory.room > 0
        {
            launch(nil, demand > coming * lanes ? .demand : .warm, cause: cause)
            coming += 1
            kept += 1
        }
    }

    private mutating func launch(_ browser: BrowserID?, _ reason: LaunchReason, cause: UInt64) {
        let deadline = now.adding(milliseconds: state.policy.launchDeadlineMs)
        emit(BrowserLaunchDecided(browser: browser, reason: reason, deadline: deadline), cause: cause)
    }
}
