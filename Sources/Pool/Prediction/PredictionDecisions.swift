/// A browser whose signs speak for a failure is started anew before it fails. What runs on it goes on elsewhere as soon as
/// its next results are recorded, or at once if the browser is silent, where a lane is free; the rest ends there first.
extension Decider {
    /// Looks at the signs of a browser, and says whether anything was done about them.
    mutating func foresee(_ id: BrowserID, cause: UInt64) -> Bool {
        guard let policy = state.policy.prediction, let browser = state.browsers.find(id), browser.isUsable,
            browser.recycling == nil, let signs = browser.signs
        else { return false }
        let model = state.risk ?? RiskModel()
        let outlook = Outlook(of: browser, signs, by: model, state.policy)
        if signs.predictedAt == .zero {
            guard outlook.isBad else { return false }
            emit(
                FailurePredicted(
                    browser: id, rule: policy.rule, phiMilli: signs.phiMilli, riskMilli: outlook.riskMilli,
                    levels: signs.levels, weights: model.weights, base: model.base,
                    failures: model.failures),
                cause: cause)
        } else if outlook.isGood {
            emit(
                PredictionWithdrawn(browser: id, stoodNs: now.nanoseconds(since: signs.predictedAt)),
                cause: cause)
            return false
        }
        guard !policy.observesOnly, recycle(id, .predicted, cause: cause) else { return false }
        if browser.suspected { for allocation in browser.allocations { moveOn(allocation, cause: cause) } }
        return true
    }

    /// Lets a task that runs on a browser that is about to fail go on elsewhere, if a lane is free for it.
    mutating func moveOn(_ allocation: AllocationID, cause: UInt64) {
        let held = state.allocations[allocation]
        // This is asked whenever items are recorded: nothing larger is copied before it is known to matter.
        guard state.browsers[at: state.browsers.place(of: held.browser)].recycling == .predicted else {
            return
        }
        let task = state.tasks[held.task]
        guard task.phase == .running, task.recovery == nil, task.rival == nil, task.itemsDone < held.endItem,
            !Placement(of: task, in: state).candidates.isEmpty
        else { return }
        stopAndRelease(allocation, .failurePredicted, cause: cause)
        queue(task.id, .failurePredicted, cause: cause)
        settle(cause: cause)
    }
}

/// What the signs of a browser say of its future.
private struct Outlook {
    let riskMilli: UInt32
    /// Whether a failure is near.
    let isBad: Bool
    /// Whether none is.
    let isGood: Bool

    init(of browser: BrowserState, _ signs: BrowserSigns, by model: RiskModel, _ policy: PoolPolicy) {
        let prediction = policy.prediction ?? PredictionPolicy()
        // The moment of a suspicion is rounded, and its phi may be a little less than what it is due at.
        let phiMilli =
            browser.suspected ? max(signs.phiMilli, policy.heartbeat?.suspectPhiMilli ?? 0) : signs.phiMilli
        riskMilli = UInt32(model.riskMicro(signs.levels) / 1_000)
        let (value, threshold) =
            switch prediction.rule {
            case .phi: (phiMilli, prediction.phiMilli)
            case .model: (model.isReady ? riskMilli : 0, prediction.riskMilli)
            }
        isBad = value >= threshold
        isGood = value < threshold / 2
    }
}
