import Pool

/// What happened in a simulation, counted from its log.
public struct SimulationSummary: Equatable, Sendable {
    /// By type of event.
    public var events = Counts()
    /// Faults that struck, by kind.
    public var faults = Counts()
    /// Evidence, by what was recorded of browsers, launches and recoveries.
    public var evidence = Counts()
    /// Strategies of the recoveries that began; one that was chosen counts as adaptive besides.
    public var strategies = Counts()
    /// Steps of recoveries, and those taken on browsers.
    public var rungs = Counts()
    /// Timers that fired, by kind.
    public var timers = Counts()
    /// How tasks ended, by `terminalNames`.
    public var terminals = Counts()
    /// Why tasks failed.
    public var taskFailures = Counts()
    /// Why browsers were closed and retired, allocations released, tasks queued and suspended, recoveries rolled back,
    /// reports refused, and the pool scaled: as `released_lease_expired`, say.
    public var reasons = Counts()
    /// What copies of tasks came to, by `copyNames`.
    public var copies = Counts()
    /// Engines that were started.
    public var engines = 0
    /// Virtual time that passed, in milliseconds.
    public var virtualMs: UInt64 = 0

    /// The ends that a task can come to.
    public static let terminalNames = ["succeeded", "failed", "cancelled", "timed_out"]

    /// What copies of a task can come to: they agree, or one alone completed; some are outvoted; a further one breaks a
    /// tie; the first result is served; or there is none, and why.
    public static let copyNames =
        ["agreed", "alone", "outvoted", "tie_break", "served_first"] + DisagreeReason.names
        + AbandonReason.names

    public init() {}

    /// Adds what another simulation counted.
    public mutating func add(_ other: SimulationSummary) {
        events.add(other.events)
        faults.add(other.faults)
        evidence.add(other.evidence)
        strategies.add(other.strategies)
        rungs.add(other.rungs)
        timers.add(other.timers)
        terminals.add(other.terminals)
        taskFailures.add(other.taskFailures)
        reasons.add(other.reasons)
        copies.add(other.copies)
        engines += other.engines
        virtualMs += other.virtualMs
    }

    mutating func count(_ event: Event) {
        events.add(event.payload.name)
        switch event.payload {
        case .engineStarted: engines += 1
        case .browserFailed(let failed): evidence.add(failed.evidence.name)
        case .browserLaunchFailed(let failed): evidence.add(failed.evidence.name)
        case .recoveryBegan(let began):
            evidence.add(began.evidence.name)
            strategies.add(began.strategy.name)
            if !began.estimates.isEmpty { strategies.add(RecoveryStrategy.adaptive.name) }
        case .rungStarted(let started): rungs.add(started.rung.name)
        case .healDecided(let decided): rungs.add(decided.rung.name)
        case .timerFired(let fired): timers.add(fired.kind.name)
        case .taskSucceeded: terminals.add("succeeded")
        case .taskFailed(let failed):
            terminals.add("failed")
            taskFailures.add(failed.failure.name)
        case .taskCancelled: terminals.add("cancelled")
        case .taskTimedOut: terminals.add("timed_out")
        case .browserLaunchDecided(let decided): reasons.add("launched_\(decided.reason.name)")
        case .browserCloseDecided(let decided): reasons.add("closed_\(decided.reason.name)")
        case .browserRetired(let retired): reasons.add("retired_\(retired.reason.name)")
        case .allocationReleased(let released): reasons.add("released_\(released.reason.name)")
        case .taskQueued(let queued): reasons.add("queued_\(queued.reason.name)")
        case .taskSuspended(let suspended): reasons.add("suspended_\(suspended.reason.name)")
        case .recoveryRolledBack(let rolledBack): reasons.add("rolled_back_\(rolledBack.reason.name)")
        case .breakerOpened: reasons.add("breaker_opened")
        case .failurePredicted(let predicted): reasons.add("predicted_by_\(predicted.rule.name)")
        case .modelBreakerOpened: reasons.add("model_breaker_opened")
        case .poolScaled(let scaled):
            let way = scaled.targetAfter > scaled.targetBefore ? "up" : "down"
            reasons.add("scaled_\(way)_\(scaled.reason.name)")
        case .browserRecycleDecided(let decided): reasons.add("recycled_\(decided.reason.name)")
        case .taskCopied(let copied): if copied.reason == .tieBreak { copies.add("tie_break") }
        case .resultServed: copies.add("served_first")
        case .groupAgreed(let agreed):
            copies.add(agreed.agreeing.count > 1 ? "agreed" : "alone")
            for _ in agreed.outvoted { copies.add("outvoted") }
        case .groupDisagreed(let disagreed): copies.add(disagreed.reason.name)
        case .groupAbandoned(let abandoned): copies.add(abandoned.reason.name)
        case .backendRefused(let refused):
            reasons.add("backend_refused_\(refused.refusal?.name ?? "unknown")")
        case .reportsRefused(let refused): reasons.add("refused_\(refused.refusal.name)")
        default: break
        }
    }
}
