extension Decider {
    mutating func browserLaunched(_ launched: BrowserLaunched) -> StepOutcome? {
        guard let obligation = state.obligations.find(launched.obligation), obligation.kind == .launch,
            obligation.browser == launched.browser
        else { return .refused(.stale, subject: launched.obligation.sequence) }
        let cause = emit(launched, cause: launched.obligation.sequence)
        resume(on: launched.browser, cause: cause)
        settle(cause: cause)
        return nil
    }

    mutating func browserLaunchFailed(_ failed: BrowserLaunchFailed) -> StepOutcome? {
        guard let obligation = state.obligations.find(failed.obligation), obligation.kind == .launch,
            obligation.browser == failed.browser
        else { return .refused(.stale, subject: failed.obligation.sequence) }
        let cause = emit(failed, cause: failed.obligation.sequence)
        launchHasFailed(detail: failed.detail, cause: cause)
        forsake(failed.browser, cause: cause)
        // A browser that has never run anything and failed to start is no different from a new one.
        if !mayLaunch {
            emit(BrowserRetired(browser: failed.browser, reason: .cannotLaunch), cause: cause)
        }
        settle(cause: cause)
        return nil
    }

    /// Whether launches are still tried for the tasks in hand: one that failed as often as the budget allows is not.
    var mayLaunch: Bool { state.launchFailures <= state.policy.retry.budget }

    /// Keeps the next launch back, and, when there is no hope and no other browser, fails the tasks that wait.
    private mutating func launchHasFailed(detail: String, cause: UInt64) {
        let failures = state.launchFailures
        let others = state.browsers.entities.contains {
            $0.isUsable || $0.isComing
        }
        if !mayLaunch, !others {
            // A task that runs in copies fails with the last of them.
            for task in state.tasks.entities where task.phase != .suspended && task.phase != .voting {
                fail(task.id, .noBrowser, detail, cause: cause)
            }
        }
        guard state.launchRetryAt == .zero else { return }
        emit(LaunchRetryScheduled(failures: failures, dueAt: backoff(after: failures)), cause: cause)
    }

    mutating func launchTimedOut(_ id: ObligationID, cause: UInt64) {
        let failures = state.launchFailures + (state.launchRetryAt == .zero ? 1 : 0)
        let isLast = failures > state.policy.retry.budget
        let browser = state.obligations[id].browser
        close(browser, .launchTimedOut, relaunch: !isLast, cause: cause)
        launchHasFailed(detail: "no browser became usable in time", cause: cause)
        forsake(browser, cause: cause)
    }

    mutating func metricsSampled(_ sampled: MetricsSampled) -> StepOutcome? {
        guard let browser = state.browsers.find(sampled.browser), browser.incarnation == sampled.incarnation,
            browser.isUsable
        else { return .refused(.stale, subject: sampled.incarnation.sequence) }
        let cause = emit(sampled, cause: 0)
        if recycleIfDue(sampled.browser, cause: cause) || state.memory.isExceeded { settle(cause: cause) }
        return nil
    }

    mutating func browserFailed(_ failed: BrowserFailed) -> StepOutcome? {
        guard let browser = state.browsers.find(failed.browser), browser.incarnation == failed.incarnation,
            browser.isUsable || (browser.phase == .healing && failed.processEnded)
        else { return .refused(.stale, subject: failed.incarnation.sequence) }
        let cause = emit(failed, cause: 0)
        if failed.evidence == .outputWrong, state.policy.enableFaultTolerance {
            replace(failed, holding: browser.allocations, cause: cause)
            quarantineModels(cause: cause)
            settle(cause: cause)
            return nil
        }
        let rung =
            failed.processEnded ? .restartBrowser : heal(browser.id, failed.evidence, cause: cause)
        waitOn(for: browser.id, rung, cause: cause)
        recoverAll(
            browser.allocations, .browserFailed, evidence: failed.evidence,
            healing: Healing(browser: browser.id, rung: rung), cause: cause)
        quarantineIfDue(browser.id, cause: cause)
        quarantineModels(cause: cause)
        settle(cause: cause)
        return nil
    }

    mutating func browserClosed(_ closed: BrowserClosed) -> StepOutcome? {
        guard let obligation = state.obligations.find(closed.obligation), obligation.kind == .close,
            obligation.browser == closed.browser
        else { return .refused(.stale, subject: closed.obligation.sequence) }
        let cause = emit(closed, cause: closed.obligation.sequence)
        if state.isStopping || !state.browsers[closed.browser].relaunch {
            emit(BrowserRetired(browser: closed.browser, reason: .closed), cause: cause)
        }
        settle(cause: cause)
        return nil
    }

    mutating func close(_ id: BrowserID, _ reason: CloseReason, relaunch: Bool, cause: UInt64) {
        emit(
            BrowserCloseDecided(
                browser: id, incarnation: state.browsers[id].incarnation, reason: reason, relaunch: relaunch,
                deadline: now.adding(milliseconds: state.policy.closeDeadlineMs)),
            cause: cause)
    }

    /// A close took too long: it is owed anew, since the process may still be alive (CORE-5).
    mutating func closeAgain(_ id: ObligationID, cause: UInt64) {
        let browser = state.browsers[state.obligations[id].browser]
        close(browser.id, .failed, relaunch: browser.relaunch, cause: cause)
    }

    /// A browser fell idle: it goes unless it is one of those that are kept warm, or for the load so far. While a task waits none goes: that it
    /// offers nothing to those who wait is what a full pool refuses their backend on, and another in its place would
    /// most likely offer no more.
    mutating func idled(_ id: BrowserID, cause: UInt64) {
        guard state.queue.isEmpty else { return }
        let kept = state.browsers.entities.count {
            $0.isUsable || $0.phase == .launching || $0.phase == .healing
        }
        let isWanted = state.target.map { $0 > state.leastTarget && kept <= $0 } ?? false
        guard kept > Int(state.policy.warmBrowsers), !isWanted else { return }
        close(id, .idle, relaunch: false, cause: cause)
    }
}
