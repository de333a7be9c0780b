import Pool

/// A side effect that the pool owes, with all that an executor needs to perform it.
///
/// Each is reported on exactly once, by the observation that names its obligation, unless a later effect makes it
/// pointless: a close ends whatever is under way on that browser.
public enum Effect: Equatable, Sendable {
    /// Start a browser; report `browser_launched` or `browser_launch_failed` (then its process is gone).
    case launch(Launch)
    /// End a browser and everything on it, also one that is still being launched; report `browser_closed`.
    case close(Close)
    /// Run items; report `run_started`, `run_progressed` for items in their order, and `run_completed` or `run_failed`;
    /// or `browser_failed` when the browser is what failed.
    case run(Run)
    /// Stop a run, keeping the browser; report `run_stopped`.
    case stop(Stop)
    /// Bring a model into a page, so that a run finds it there; report `model_prepared` or `prepare_failed`.
    case prepare(Prepare)
    /// Take a rung on a browser that failed while its process lives, in place of one under way; report `rung_ended`, or
    /// `browser_failed` when the process ends meanwhile.
    case heal(Heal)
    /// Compare the recorded outputs of copies of a task, each with each; report `outputs_compared` or
    /// `comparison_failed`. No browser takes part in it.
    case compare(Compare)

    /// What `launch` needs.
    public struct Launch: Equatable, Sendable {
        /// What the report names.
        public var obligation: ObligationID
        /// The browser concerned.
        public var browser: BrowserID
        /// The start of the browser that is meant; reports on it name it.
        public var incarnation: IncarnationID
        /// The pool gives the launch up then.
        public var deadline: EventTime
        /// Time between two reports of `metrics_sampled`, in milliseconds.
        public var metricsIntervalMs: UInt64
        /// Time between two reports of `browser_heartbeat` while it is usable, the first at once, in milliseconds; 0 for
        /// none.
        public var heartbeatIntervalMs: UInt64
        /// Whether each of them also tells how long a canary took on the browser's GPU, and what memory it uses: failures are
        /// predicted by that.
        public var measuresSigns: Bool

        public init(
            obligation: ObligationID,
            browser: BrowserID,
            incarnation: IncarnationID,
            deadline: EventTime,
            metricsIntervalMs: UInt64 = PoolPolicy().metricsCollectionIntervalMs,
            heartbeatIntervalMs: UInt64 = 0,
            measuresSigns: Bool = false
        ) {
            self.obligation = obligation
            self.browser = browser
            self.incarnation = incarnation
            self.deadline = deadline
            self.metricsIntervalMs = metricsIntervalMs
            self.heartbeatIntervalMs = heartbeatIntervalMs
            self.measuresSigns = measuresSigns
        }
    }

    /// What `close` needs.
    public struct Close: Equatable, Sendable {
        /// What the report names.
        public var obligation: ObligationID
        /// The browser concerned.
        public var browser: BrowserID
        /// The start of the browser that is meant; reports on it name it.
        public var incarnation: IncarnationID
        /// Why it is ended.
        public var reason: CloseReason
        public init(
            obligation: ObligationID,
            browser: BrowserID,
            incarnation: IncarnationID,
            reason: CloseReason
        ) {
            self.obligation = obligation
            self.browser = browser
            self.incarnation = incarnation
            self.reason = reason
        }
    }

    /// What `run` needs.
    public struct Run: Equatable, Sendable {
        /// What the report names.
        public var obligation: ObligationID
        /// The fencing token: reports name it, and count only while it is current.
        public var allocation: AllocationID
        /// The task.
        public var task: TaskID
        /// The browser concerned.
        public var browser: BrowserID
        /// The start of the browser that is meant; reports on it name it.
        public var incarnation: IncarnationID
        /// What the task asks.
        public var spec: TaskSpec
        /// Items to run, from 0.
        public var items: Range<UInt64>
        /// What to run them on.
        public var backend: Backend
        /// Time that the task waited in the queue, in nanoseconds.
        public var queueNs: UInt64
        /// What the model carries on from the items before; nil at the first, or when it carries nothing.
        public var checkpoint: Payload?
        /// Longest time between two reports of results, each with what the model carries on, in milliseconds; a single
        /// item that takes longer is waited for.
        public var syncIntervalMs: UInt64
        public init(
            obligation: ObligationID,
            allocation: AllocationID,
            task: TaskID,
            browser: BrowserID,
            incarnation: IncarnationID,
            spec: TaskSpec,
            items: Range<UInt64>,
            backend: Backend,
            queueNs: UInt64,
            checkpoint: Payload? = nil,
            syncIntervalMs: UInt64 = PoolPolicy().stateSyncIntervalMs
        ) {
            self.obligation = obligation
            self.allocation = allocation
            self.task = task
            self.browser = browser
            self.incarnation = incarnation
            self.spec = spec
            self.items = items
            self.backend = backend
            self.queueNs = queueNs
            self.checkpoint = checkpoint
            self.syncIntervalMs = syncIntervalMs
        }
    }

    /// What `stop` needs.
    public struct Stop: Equatable, Sendable {
        /// What the report names.
        public var obligation: ObligationID
        /// The run to stop.
        public var run: ObligationID
        /// The browser concerned.
        public var browser: BrowserID
        public init(
            obligation: ObligationID,
            run: ObligationID,
            browser: BrowserID
        ) {
            self.obligation = obligation
            self.run = run
            self.browser = browser
        }
    }

    /// What `prepare` needs.
    public struct Prepare: Equatable, Sendable {
        /// What the report names.
        public var obligation: ObligationID
        /// The browser concerned.
        public var browser: BrowserID
        /// The start of the browser that is meant; reports on it name it.
        public var incarnation: IncarnationID
        /// A task that uses the model.
        public var spec: TaskSpec
        /// What to prepare it for.
        public var backend: Backend
        public init(
            obligation: ObligationID,
            browser: BrowserID,
            incarnation: IncarnationID,
            spec: TaskSpec,
            backend: Backend
        ) {
            self.obligation = obligation
            self.browser = browser
            self.incarnation = incarnation
            self.spec = spec
            self.backend = backend
        }
    }

    /// What `heal` needs.
    public struct Heal: Equatable, Sendable {
        /// What the report names.
        public var obligation: ObligationID
        /// The browser concerned.
        public var browser: BrowserID
        /// The start of the browser that is meant; reports on it name it.
        public var incarnation: IncarnationID
        /// What is to be done.
        public var rung: Rung
        /// What was seen of the browser.
        public var evidence: Evidence
        /// The pool gives the rung up then.
        public var deadline: EventTime
        public init(
            obligation: ObligationID,
            browser: BrowserID,
            incarnation: IncarnationID,
            rung: Rung,
            evidence: Evidence,
            deadline: EventTime
        ) {
            self.obligation = obligation
            self.browser = browser
            self.incarnation = incarnation
            self.rung = rung
            self.evidence = evidence
            self.deadline = deadline
        }
    }

    /// What `compare` needs.
    public struct Compare: Equatable, Sendable {
        /// What the report names.
        public var obligation: ObligationID
        /// The task that they are copies of.
        public var leader: TaskID
        /// The copies, tasks that have ended; the report has a difference for each two, in this order.
        public var copies: [TaskID]
        /// What each of them was to do.
        public var spec: TaskSpec
        /// How far two numbers may be apart whatever their size.
        public var absolute: Double
        /// How far they may be apart besides, as a part of the larger one.
        public var relative: Double
        /// The pool gives the comparison up then.
        public var deadline: EventTime
        public init(
            obligation: ObligationID,
            leader: TaskID,
            copies: [TaskID],
            spec: TaskSpec,
            absolute: Double,
            relative: Double,
            deadline: EventTime
        ) {
            self.obligation = obligation
            self.leader = leader
            self.copies = copies
            self.spec = spec
            self.absolute = absolute
            self.relative = relative
            self.deadline = deadline
        }
    }

    /// The obligation that it performs.
    public var obligation: ObligationID {
        switch self {
        case .launch(let launch): launch.obligation
        case .close(let close): close.obligation
        case .run(let run): run.obligation
        case .stop(let stop): stop.obligation
        case .prepare(let prepare): prepare.obligation
        case .heal(let heal): heal.obligation
        case .compare(let compare): compare.obligation
        }
    }

    /// The effect that an event opens, if any; `state` is the state after the event's step.
    init?(openedBy event: Event, in state: PoolState) {
        let obligation = ObligationID(event.sequence)
        switch event.payload {
        case .browserLaunchDecided(let decided):
            self = .launch(
                Launch(
                    obligation: obligation, browser: decided.browser ?? BrowserID(event.sequence),
                    incarnation: IncarnationID(event.sequence), deadline: decided.deadline,
                    metricsIntervalMs: state.policy.metricsCollectionIntervalMs,
                    heartbeatIntervalMs: state.policy.heartbeat?.intervalMs ?? 0,
                    measuresSigns: state.policy.prediction != nil))
        case .browserCloseDecided(let decided):
            self = .close(
                Close(
                    obligation: obligation, browser: decided.browser, incarnation: decided.incarnation,
                    reason: decided.reason))
        case .runAssigned(let assigned):
            self = .run(
                Run(
                    obligation: obligation, allocation: assigned.allocation, task: assigned.task,
                    browser: assigned.browser, incarnation: state.browsers[assigned.browser].incarnation,
                    spec: state.tasks[assigned.task].spec,
                    items: assigned.firstItem..<assigned.firstItem + assigned.itemCount,
                    backend: assigned.backend, queueNs: assigned.queueNs,
                    checkpoint: state.tasks[assigned.task].checkpoint,
                    syncIntervalMs: state.policy.stateSyncIntervalMs))
        case .prepareDecided(let decided):
            self = .prepare(
                Prepare(
                    obligation: obligation, browser: decided.browser, incarnation: decided.incarnation,
                    spec: state.tasks[decided.task].spec, backend: decided.backend))
        case .healDecided(let decided):
            self = .heal(
                Heal(
                    obligation: obligation, browser: decided.browser, incarnation: decided.incarnation,
                    rung: decided.rung, evidence: decided.evidence, deadline: decided.deadline))
        case .comparisonDecided(let decided):
            guard let group = state.groups.find(decided.leader) else { return nil }
            self = .compare(
                Compare(
                    obligation: obligation, leader: decided.leader, copies: decided.votes, spec: group.spec,
                    absolute: Double(decided.absoluteNano) / 1e9,
                    relative: Double(decided.relativeNano) / 1e9, deadline: decided.deadline))
        case .runStopDecided(let decided):
            self = .stop(Stop(obligation: obligation, run: decided.run, browser: decided.browser))
        default: return nil
        }
    }
}
