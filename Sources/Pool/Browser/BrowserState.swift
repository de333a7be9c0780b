/// A browser of the pool.
public struct BrowserState: WireMessage, DefaultInitializable {
    /// The browser.
    public var id: BrowserID
    /// Its present incarnation.
    public var incarnation: IncarnationID
    /// Where it stands.
    public var phase: BrowserPhase
    /// The launch, healing or close under way.
    public var obligation: ObligationID?
    /// While closing: whether it is started anew afterwards.
    public var relaunch: Bool
    /// Its product, once known.
    public var kind: BrowserKind?
    /// Process id of the present incarnation; 0 until known.
    public var pid: UInt32
    /// What a probe of each backend found; empty while it is not known.
    public var backends: [BackendSupport]
    /// Allocations on it, ascending.
    public var allocations: [AllocationID]
    /// Stops under way on it, ascending; each keeps a lane taken.
    public var stops: [ObligationID]
    /// Models last run there, oldest first, at most 8.
    public var residentModels: [Digest]
    /// When its last lane became free; 0 while a lane is taken.
    public var idleSince: EventTime
    /// Times that it failed.
    public var failures: UInt32
    /// True when no real browser stands behind it.
    public var simulated: Bool
    /// The preparation under way.
    public var preparing: ObligationID?
    /// Models that could not be prepared there, oldest first, at most 8.
    public var unpreparableModels: [Digest]
    /// The last rung that was taken on this process and after which no run has completed there.
    public var rung: Rung?
    /// When that rung was decided; 0 without one.
    public var rungAt: EventTime
    /// What the rung under way answers.
    public var evidence: Evidence?
    /// True when the product ends WebGPU after a few losses of its GPU process, as Chrome does without two flags.
    public var limitsGPULosses: Bool
    /// Losses of the GPU process that count for that limit, oldest first.
    public var gpuLosses: [GPULoss]
    /// Where its breaker stands; nil while it is closed.
    public var breaker: BreakerPhase?
    /// Failures in a row, without a run that completed there in between.
    public var strikes: UInt32
    /// Times that its breaker was opened in a row.
    public var openings: UInt32
    /// When its quarantine is over; 0 without one.
    public var quarantinedUntil: EventTime
    /// When it was last heard of; 0 before the first sign of life of this process.
    public var heardAt: EventTime
    /// Mean time between its signs of life, in microseconds; 0 before the second.
    public var heartbeatMeanUs: UInt64
    /// Variance of that time, in square microseconds.
    public var heartbeatVariance: UInt64
    /// When the next step of suspicion is due; 0 when nothing is awaited.
    public var heartbeatDue: EventTime
    /// True from its suspicion until it is heard of again.
    public var suspected: Bool
    /// Features of its WebGPU adapter, sorted.
    public var features: [String]
    /// Limits of its WebGPU adapter, sorted by name.
    public var limits: [AdapterLimit]
    /// Memory that it used at its last sample, in bytes; 0 before the first of this process.
    public var memoryBytes: UInt64
    /// How long its runs took for each item, in thousandths of what they take on browsers of its kind; 0 before the
    /// first.
    public var paceMilli: UInt32
    /// Affinities of the tasks last run there, oldest first, at most 8.
    public var affinities: [String]
    /// Runs that this process completed.
    public var runsCompleted: UInt32
    /// When this process became usable; 0 before.
    public var launchedAt: EventTime
    /// Why it is started anew as soon as its lanes are free.
    public var recycling: RecycleReason?
    /// When its process was given up for a new one; 0 once that is usable.
    public var restartAt: EventTime
    /// What its process shows of its state; nil before its first sign of life, and where nothing is predicted.
    public var signs: BrowserSigns?
    /// The rung that made it usable again, until a run has started there.
    public var healedBy: Rung?
    /// What that rung answered; nil for a new process.
    public var healedFrom: Evidence?

    public init(
        id: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        phase: BrowserPhase = .launching,
        obligation: ObligationID? = nil,
        relaunch: Bool = false,
        kind: BrowserKind? = nil,
        pid: UInt32 = 0,
        backends: [BackendSupport] = [],
        allocations: [AllocationID] = [],
        stops: [ObligationID] = [],
        residentModels: [Digest] = [],
        idleSince: EventTime = .zero,
        failures: UInt32 = 0,
        simulated: Bool = false,
        preparing: ObligationID? = nil,
        unpreparableModels: [Digest] = [],
        rung: Rung? = nil,
        rungAt: EventTime = .zero,
        evidence: Evidence? = nil,
        limitsGPULosses: Bool = false,
        gpuLosses: [GPULoss] = [],
        breaker: BreakerPhase? = nil,
        strikes: UInt32 = 0,
        openings: UInt32 = 0,
        quarantinedUntil: EventTime = .zero,
        heardAt: EventTime = .zero,
        heartbeatMeanUs: UInt64 = 0,
        heartbeatVariance: UInt64 = 0,
        heartbeatDue: EventTime = .zero,
        suspected: Bool = false,
        features: [String] = [],
        limits: [AdapterLimit] = [],
        memoryBytes: UInt64 = 0,
        paceMilli: UInt32 = 0,
        affinities: [String] = [],
        runsCompleted: UInt32 = 0,
        launchedAt: EventTime = .zero,
        recycling: RecycleReason? = nil,
        restartAt: EventTime = .zero,
        signs: BrowserSigns? = nil,
        healedBy: Rung? = nil,
        healedFrom: Evidence? = nil
    ) {
        self.id = id
        self.incarnation = incarnation
        self.phase = phase
        self.obligation = obligation
        self.relaunch = relaunch
        self.kind = kind
        self.pid = pid
        self.backends = backends
        self.allocations = allocations
        self.stops = stops
        self.residentModels = residentModels
        self.idleSince = idleSince
        self.failures = failures
        self.simulated = simulated
        self.preparing = preparing
        self.unpreparableModels = unpreparableModels
        self.rung = rung
        self.rungAt = rungAt
        self.evidence = evidence
        self.limitsGPULosses = limitsGPULosses
        self.gpuLosses = gpuLosses
        self.breaker = breaker
        self.strikes = strikes
        self.openings = openings
        self.quarantinedUntil = quarantinedUntil
        self.heardAt = heardAt
        self.heartbeatMeanUs = heartbeatMeanUs
        self.heartbeatVariance = heartbeatVariance
        self.heartbeatDue = heartbeatDue
        self.suspected = suspected
        self.features = features
        self.limits = limits
        self.memoryBytes = memoryBytes
        self.paceMilli = paceMilli
        self.affinities = affinities
        self.runsCompleted = runsCompleted
        self.launchedAt = launchedAt
        self.recycling = recycling
        self.restartAt = restartAt
        self.signs = signs
        self.healedBy = healedBy
        self.healedFrom = healedFrom
    }

    public init() {
        self.init(id: BrowserID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "id", &id)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.choice(3, "phase", &phase)
        visitor.optionalIdentifier(4, "obligation", &obligation)
        visitor.bool(5, "relaunch", &relaunch)
        visitor.optionalChoice(6, "kind", &kind)
        visitor.uint(7, "pid", &pid)
        visitor.messages(8, "backends", &backends)
        visitor.identifiers(9, "allocations", &allocations)
        visitor.identifiers(10, "stops", &stops)
        visitor.digests(11, "resident_models", &residentModels)
        visitor.time(12, "idle_since_ns", &idleSince)
        visitor.uint(13, "failures", &failures)
        visitor.bool(14, "simulated", &simulated)
        visitor.optionalIdentifier(15, "preparing", &preparing)
        visitor.digests(16, "unpreparable_models", &unpreparableModels)
        visitor.optionalChoice(17, "rung", &rung)
        visitor.time(18, "rung_at_ns", &rungAt)
        visitor.optionalChoice(19, "evidence", &evidence)
        visitor.bool(20, "limits_gpu_losses", &limitsGPULosses)
        visitor.messages(21, "gpu_losses", &gpuLosses)
        visitor.optionalChoice(22, "breaker", &breaker)
        visitor.uint(23, "strikes", &strikes)
        visitor.uint(24, "openings", &openings)
        visitor.time(25, "quarantined_until_ns", &quarantinedUntil)
        visitor.time(26, "heard_at_ns", &heardAt)
        visitor.uint(27, "heartbeat_mean_us", &heartbeatMeanUs)
        visitor.uint(28, "heartbeat_variance", &heartbeatVariance)
        visitor.time(29, "heartbeat_due_ns", &heartbeatDue)
        visitor.bool(30, "suspected", &suspected)
        visitor.strings(31, "features", &features)
        visitor.messages(32, "limits", &limits)
        visitor.uint(33, "memory_bytes", &memoryBytes)
        visitor.uint(34, "pace_milli", &paceMilli)
        visitor.strings(35, "affinities", &affinities)
        visitor.uint(36, "runs_completed", &runsCompleted)
        visitor.time(37, "launched_at_ns", &launchedAt)
        visitor.optionalChoice(38, "recycling", &recycling)
        visitor.time(39, "restart_at_ns", &restartAt)
        visitor.optionalMessage(40, "signs", &signs)
        visitor.optionalChoice(41, "healed_by", &healedBy)
        visitor.optionalChoice(42, "healed_from", &healedFrom)
    }
}
