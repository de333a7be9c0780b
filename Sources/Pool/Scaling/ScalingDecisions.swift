/// The number of browsers follows the load, between its bounds (see ``ScalingInputs``).
extension Decider {
    /// Changes the target where the load calls for it. Above the memory limit a browser with work is started anew after
    /// it, where none is idle.
    mutating func scale(cause: UInt64) {
        guard let inputs = ScalingInputs(of: state, at: now) else { return }
        if let (reason, target) = inputs.decision {
            emit(PoolScaled(reason, to: target, on: inputs), cause: cause)
        } else if inputs.memory.isExceeded, !inputs.isShedding, !inputs.canShed {
            recycleLargest(cause: cause)
        }
    }

    /// Has the browser that uses the most memory started anew, if it completed a run: one that did nothing would use as
    /// much again.
    private mutating func recycleLargest(cause: UInt64) {
        let used = state.browsers.filter { $0.pointee.takesWork && $0.pointee.runsCompleted > 0 }
        guard let largest = used.max(by: { $0.memoryBytes < $1.memoryBytes }), largest.memoryBytes > 0 else {
            return
        }
        _ = recycle(largest.id, .memory, cause: cause)
    }

    /// Closes idle browsers above the target, those that fell idle first first. While a task waits none goes.
    mutating func shedIdle(cause: UInt64) {
        guard let target = state.target, state.queue.isEmpty else { return }
        while state.keptBrowsers.all > target {
            let idle = state.browsers.filter { $0.pointee.isIdle }
            guard let first = idle.min(by: { $0.idleSince < $1.idleSince }) else { return }
            close(first.id, .idle, relaunch: false, cause: cause)
        }
    }
}

extension ScalingInputs {
    /// Whether a browser can go for the memory of the others.
    var canShed: Bool { hasIdle && browsers > least }
}

extension PoolScaled {
    fileprivate init(_ reason: ScaleReason, to target: Int, on inputs: ScalingInputs) {
        self.init(
            reason: reason, targetBefore: UInt32(inputs.target), targetAfter: UInt32(target),
            browsers: UInt32(inputs.browsers), demand: UInt32(inputs.demand), waiting: UInt32(inputs.waiting),
            workLanes: UInt32(clamping: inputs.workLanes ?? 0),
            stableDemandMilli: inputs.load.stable.demandMilli,
            panicDemandMilli: inputs.load.panic.demandMilli, stableArrivals: inputs.load.stable.arrivals,
            panicArrivals: inputs.load.panic.arrivals, measuredMs: inputs.load.stable.lengthNs / 1_000_000,
            forecastMilli: inputs.forecastMilli, launchUs: inputs.launchUs,
            memoryBytes: inputs.memory.usedBytes, memoryLimitBytes: inputs.memory.limitBytes,
            browserMemoryBytes: inputs.memory.expectedBytes, peakDemandMilli: inputs.load.peakMilli)
    }
}

extension BrowserState {
    /// Whether it is usable and has nothing to do, now or soon.
    var isIdle: Bool { phase == .ready && allocations.isEmpty && stops.isEmpty && recycling == nil }
}
