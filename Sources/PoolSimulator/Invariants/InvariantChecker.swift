import Pool
import PoolEngine

/// Watches a log, event by event, and what its executor really did, for anything that must never be.
///
/// It is a model of its own: it folds nothing with the core and asks it nothing, so a mistake in the core's decisions
/// or evolution shows here. It looks at the rules after every event, and at those that hold between steps whenever a
/// step has ended.
public struct InvariantChecker: Sendable {
    /// What was found, in the order in which it showed.
    public internal(set) var violations: [InvariantViolation] = []
    /// How late a timer may fire, in nanoseconds, before what it guards counts as outliving its deadline.
    let timerToleranceNs: UInt64

    var sequence: UInt64 = 0
    var now = EventTime.zero
    var policy = PoolPolicy()
    var isConfigured = false
    var isStopping = false
    var isLaunchRetryPending = false
    /// The last event that was to leave the log.
    var retentionPoint: UInt64 = 0
    var tasks: [TaskID: CheckedTask] = [:]
    /// Recoveries under way, with their tasks and the groups that they belong to.
    var recoveries: [RecoveryID: CheckedRecovery] = [:]
    var ended: Set<TaskID> = []
    var browsers: [BrowserID: CheckedBrowser] = [:]
    var allocations: [AllocationID: CheckedAllocation] = [:]
    var obligations: [ObligationID: CheckedObligation] = [:]
    var runs: [ObligationID: CheckedRun] = [:]
    /// Tasks that run in copies, until these agree or disagree.
    var groups: [TaskID: CheckedGroup] = [:]
    /// Browsers that this step names as wrong.
    var outvoted: [BrowserID: IncarnationID] = [:]
    /// The breakers of models on kinds of browsers that are not closed, or have counted a failure.
    var modelBreakers: [CheckedModelBreaker.Key: CheckedModelBreaker] = [:]
    /// What was last decided of the number of browsers.
    var scaling = CheckedScaling()
    /// The only browser that the fault of this step may take; nil when the step is no fault of a browser.
    var blast: BrowserID?
    /// The browser of every process that is really alive; empty for a log without its executor.
    var living: [UInt32: BrowserID] = [:]
    var seesExecutor = false

    /// - Parameter timerToleranceNs: 0 for a simulation, whose timers fire on time; more for a recorded log.
    public init(timerToleranceNs: UInt64 = 0) { self.timerToleranceNs = timerToleranceNs }

    /// Everything that is wrong with a whole log of which no executor is at hand.
    ///
    /// - Parameter mustHaveEnded: Whether every task must have ended and nothing may be owed any more.
    public static func check(
        _ events: some Sequence<Event>, mustHaveEnded: Bool, timerToleranceNs: UInt64 = 0
    ) -> [InvariantViolation] {
        var checker = InvariantChecker(timerToleranceNs: timerToleranceNs)
        for event in events { checker.observe(event) }
        checker.finish(mustHaveEnded: mustHaveEnded)
        return checker.violations
    }

    /// Takes the next event that became durable.
    public mutating func observe(_ event: Event) {
        if event.isObservation { endStep() }
        let previous = sequence
        sequence = event.sequence
        require(event.sequence == previous + 1, .log1, "event \(previous) came before it")
        require(event.at >= now, .log1, "its time is before that of event \(previous)")
        require(event.cause < event.sequence, .log1, "its cause, event \(event.cause), is not before it")
        require(
            !event.isObservation || event.cause < event.sequence, .log1, "an observation has a later cause")
        now = max(now, event.at)
        if event.isObservation { blast = blastOf(event.payload) }
        takeEngine(event)
        takeTask(event)
        takeGroup(event)
        takeScaling(event)
        takeModelBreaker(event)
        takeBrowser(event)
        takeAllocation(event)
    }

    /// Takes what the executor really did since the last event.
    public mutating func observe(_ act: ExecutorAct) {
        seesExecutor = true
        switch act {
        case .began(let effect):
            let id = effect.obligation
            guard let obligation = obligations[id] else {
                return report(.core9, "\(effect.name) \(id) was begun, but it is not owed in the durable log")
            }
            require(!obligation.hasBegun, .core9, "\(effect.name) \(id) was begun twice")
            obligations[id]?.hasBegun = true
            guard case .run(let run) = effect else { return }
            require(
                tasks[run.task]?.checkpoint == run.checkpoint, .core7,
                "run \(id) does not go on from what the last recorded items of task \(run.task) left")
        case .processStarted(let pid, let browser):
            require(
                !living.values.contains(browser), .core5,
                "browser \(browser) has a second living process \(pid)")
            living[pid] = browser
            let (alive, most) = (living.count, Int(policy.maxConnections))
            require(alive <= most, .core5, "\(alive) processes are alive, of at most \(most)")
        case .processEnded(let pid):
            living[pid] = nil
        case .outputsWrong(let id, let offBy): runs[id]?.offBy = offBy
        case .itemsRan(let id, let task, let items):
            guard let run = runs[id], run.task == task else {
                return report(
                    .core9, "items \(items) of task \(task) ran in run \(id), which was never assigned")
            }
            require(
                items.lowerBound == run.ranThrough && items.upperBound <= run.assigned.upperBound, .core7,
                "run \(id) of items \(run.assigned) ran \(items) after \(run.ranThrough)")
            runs[id]?.ranThrough = items.upperBound
        }
    }

    /// Takes note that the log ends here.
    ///
    /// - Parameter mustHaveEnded: Whether every task must have ended and nothing may be owed any more (CORE-4, CORE-9).
    public mutating func finish(mustHaveEnded: Bool) {
        endStep()
        guard mustHaveEnded else { return }
        for task in tasks.keys.sorted() { report(.core4, "task \(task) never ended") }
        for group in groups.keys.sorted() { report(.core4, "the copies of task \(group) never ended") }
        for allocation in allocations.keys.sorted() {
            report(.core6, "allocation \(allocation) was never released")
        }
        for obligation in obligations.keys.sorted() {
            report(.core9, "obligation \(obligation) is still owed")
        }
        for pid in living.keys.sorted() { report(.core5, "process \(pid) is still alive") }
    }

    mutating func report(_ invariant: Invariant, _ detail: String) {
        violations.append(InvariantViolation(invariant: invariant, sequence: sequence, detail: detail))
    }

    mutating func require(_ holds: Bool, _ invariant: Invariant, _ detail: @autoclosure () -> String) {
        if !holds { report(invariant, detail()) }
    }
}
