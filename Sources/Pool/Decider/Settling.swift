/// What follows from the state alone: waiting tasks get browsers, and there are as many browsers as are wanted.
extension Decider {
    mutating func settle(cause: UInt64) {
        guard !state.isStopping, state.isConfigured else { return }
        repeat {
            grantQueued()
            launchWanted(cause: cause)
        } while refuseUnoffered(cause: cause)
        prepareSpares(cause: cause)
    }

    private mutating func grantQueued() {
        for id in state.queue {
            let task = state.tasks[id]
            let placement = Placement(of: task, in: state)
            guard let best = placement.candidates.first else {
                if placement.filtered.noBackend == 0 { return }
                continue
            }
            let browser = state.browsers[best.browser]
            let grant = TaskGranted(
                task: id, browser: browser.id, incarnation: browser.incarnation,
                leaseDeadline: now.adding(milliseconds: state.policy.leaseMs),
                candidates: Array(placement.candidates.prefix(8)), filtered: placement.filtered)
            assign(grant, queueNs: now.nanoseconds(since: task.queuedAt), cause: task.queuedBy)
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
        let active = state.tasks.entities.contains { $0.phase != .suspended }
        var target = Int(state.policy.warmBrowsers)
        if active, !state.policy.adaptiveScaling { target = Int(state.policy.maxConnections) }
        var coming = state.browsers.entities.count { $0.isComing && $0.breaker != .open }
        // Lanes of browsers that come back are kept for those who wait for them.
        let held = state.tasks.entities.count { $0.phase == .recovering }
        let demand = state.queue.count + held
        var kept = coming + state.browsers.entities.count { $0.isUsable && $0.breaker != .open }
        let isHeldBack = state.launchRetryAt != .zero

        for browser in state.browsers.entities where browser.phase == .failed {
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
            demand > coming * lanes || kept < target
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
