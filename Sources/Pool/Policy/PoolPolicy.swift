/// Everything that decisions depend on besides state.
public struct PoolPolicy: WireMessage, DefaultInitializable {
    /// Most browsers whose process may be alive, 1 to 64.
    public var maxConnections: UInt32
    /// Browsers kept launched even when no task waits for them; at most `max_connections`.
    public var warmBrowsers: UInt32
    /// Tasks that share one browser.
    public var lanesPerBrowser: UInt32
    /// Placement priors by family.
    public var browserPreferences: [BrowserPreference]
    /// Whether the pool may scale between its bounds; without it, it launches `max_connections` at
    /// the first task.
    public var adaptiveScaling: Bool
    /// Whether failures are recovered; without it a failed browser fails its tasks.
    public var enableFaultTolerance: Bool
    /// The strategy for tasks that name none.
    public var recoveryStrategy: RecoveryStrategy
    /// Longest time between two checkpoints of a running task, in milliseconds.
    public var stateSyncIntervalMs: UInt64
    /// Copies of each task that run at once.
    public var redundancyFactor: UInt32
    /// Time between two metric samples, in milliseconds.
    public var metricsCollectionIntervalMs: UInt64
    /// Whether recommendations are applied by the pool itself.
    public var autoOptimization: Bool
    /// An allocation expires when nothing is recorded for it for this long, in milliseconds.
    public var leaseMs: UInt64
    /// A launch that takes longer has failed, in milliseconds.
    public var launchDeadlineMs: UInt64
    /// A close that takes longer is decided again, in milliseconds.
    public var closeDeadlineMs: UInt64
    /// A run that does not stop for this long has hung, in milliseconds.
    public var stopDeadlineMs: UInt64
    /// An idle browser above `warm_browsers` is retired after this long, in milliseconds.
    public var idleTimeoutMs: UInt64
    /// Most tasks in the pool at once; copies of a task do not count.
    public var maxQueued: UInt32
    /// Backoff and budget.
    public var retry: RetryPolicy
    /// A rung that a browser is healed by has failed when it takes longer, in milliseconds.
    public var rungDeadlineMs: UInt64
    /// When a browser is quarantined; never without one, as in logs of decision revisions before 4.
    public var breaker: BreakerPolicy?
    /// When a browser is suspected and given up; never without one, as in logs of decision revisions before 4.
    public var heartbeat: HeartbeatPolicy?
    /// A task that has waited this much longer than another is granted before it even if its priority is one lower, in
    /// milliseconds; 0 when priority alone decides, as in logs of decision revisions before 5.
    public var agingMs: UInt64
    /// How much higher the priority of a waiting task must be to take the lane of one that runs; 0 for never.
    public var preemptionGap: UInt32
    /// A browser that uses more memory is started anew, in bytes; 0 for no limit.
    public var browserMemoryLimitBytes: UInt64
    /// A browser that has completed so many runs is started anew; 0 for never.
    public var recycleAfterTasks: UInt32
    /// A browser that has been up for so long is started anew, in milliseconds; 0 for never.
    public var recycleAfterMs: UInt64
    /// When a browser is taken to be about to fail; never without one.
    public var prediction: PredictionPolicy?
    /// How copies of a task are compared; as by default without one, as in logs of decision revisions before 6.
    public var redundancy: RedundancyPolicy?
    /// How the pool scales where `adaptive_scaling` lets it; without one, as in logs of decision revisions before 6, a
    /// browser is launched for every task that waits, and each is retired after an idle timeout.
    public var scaling: ScalingPolicy?

    public init(
        maxConnections: UInt32 = 4,
        warmBrowsers: UInt32 = 0,
        lanesPerBrowser: UInt32 = 1,
        browserPreferences: [BrowserPreference] = [],
        adaptiveScaling: Bool = true,
        enableFaultTolerance: Bool = true,
        recoveryStrategy: RecoveryStrategy = .immediate,
        stateSyncIntervalMs: UInt64 = 5000,
        redundancyFactor: UInt32 = 1,
        metricsCollectionIntervalMs: UInt64 = 30000,
        autoOptimization: Bool = true,
        leaseMs: UInt64 = 60000,
        launchDeadlineMs: UInt64 = 30000,
        closeDeadlineMs: UInt64 = 10000,
        stopDeadlineMs: UInt64 = 5000,
        idleTimeoutMs: UInt64 = 60000,
        maxQueued: UInt32 = 10000,
        retry: RetryPolicy = RetryPolicy(),
        rungDeadlineMs: UInt64 = 10000,
        breaker: BreakerPolicy? = BreakerPolicy(),
        heartbeat: HeartbeatPolicy? = HeartbeatPolicy(),
        agingMs: UInt64 = 30_000,
        preemptionGap: UInt32 = 0,
        browserMemoryLimitBytes: UInt64 = 0,
        recycleAfterTasks: UInt32 = 0,
        recycleAfterMs: UInt64 = 0,
        prediction: PredictionPolicy? = nil,
        redundancy: RedundancyPolicy? = RedundancyPolicy(),
        scaling: ScalingPolicy? = ScalingPolicy()
    ) {
        self.maxConnections = maxConnections
        self.warmBrowsers = warmBrowsers
        self.lanesPerBrowser = lanesPerBrowser
        self.browserPreferences = browserPreferences
        self.adaptiveScaling = adaptiveScaling
        self.enableFaultTolerance = enableFaultTolerance
        self.recoveryStrategy = recoveryStrategy
        self.stateSyncIntervalMs = stateSyncIntervalMs
        self.redundancyFactor = redundancyFactor
        self.metricsCollectionIntervalMs = metricsCollectionIntervalMs
        self.autoOptimization = autoOptimization
        self.leaseMs = leaseMs
        self.launchDeadlineMs = launchDeadlineMs
        self.closeDeadlineMs = closeDeadlineMs
        self.stopDeadlineMs = stopDeadlineMs
        self.idleTimeoutMs = idleTimeoutMs
        self.maxQueued = maxQueued
        self.retry = retry
        self.rungDeadlineMs = rungDeadlineMs
        self.breaker = breaker
        self.heartbeat = heartbeat
        self.agingMs = agingMs
        self.preemptionGap = preemptionGap
        self.browserMemoryLimitBytes = browserMemoryLimitBytes
        self.recycleAfterTasks = recycleAfterTasks
        self.recycleAfterMs = recycleAfterMs
        self.prediction = prediction
        self.redundancy = redundancy
        self.scaling = scaling
    }

    public init() {
        self.init(maxConnections: 4)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "max_connections", &maxConnections)
        visitor.uint(2, "warm_browsers", &warmBrowsers)
        visitor.uint(3, "lanes_per_browser", &lanesPerBrowser)
        visitor.messages(4, "browser_preferences", &browserPreferences)
        visitor.bool(5, "adaptive_scaling", &adaptiveScaling)
        visitor.bool(6, "enable_fault_tolerance", &enableFaultTolerance)
        visitor.choice(7, "recovery_strategy", &recoveryStrategy)
        visitor.uint(8, "state_sync_interval_ms", &stateSyncIntervalMs)
        visitor.uint(9, "redundancy_factor", &redundancyFactor)
        visitor.uint(10, "metrics_collection_interval_ms", &metricsCollectionIntervalMs)
        visitor.bool(11, "auto_optimization", &autoOptimization)
        visitor.uint(12, "lease_ms", &leaseMs)
        visitor.uint(13, "launch_deadline_ms", &launchDeadlineMs)
        visitor.uint(14, "close_deadline_ms", &closeDeadlineMs)
        visitor.uint(15, "stop_deadline_ms", &stopDeadlineMs)
        visitor.uint(16, "idle_timeout_ms", &idleTimeoutMs)
        visitor.uint(17, "max_queued", &maxQueued)
        visitor.message(18, "retry", &retry)
        visitor.uint(19, "rung_deadline_ms", &rungDeadlineMs)
        visitor.optionalMessage(20, "breaker", &breaker)
        visitor.optionalMessage(21, "heartbeat", &heartbeat)
        visitor.uint(22, "aging_ms", &agingMs)
        visitor.uint(23, "preemption_gap", &preemptionGap)
        visitor.uint(24, "browser_memory_limit_bytes", &browserMemoryLimitBytes)
        visitor.uint(25, "recycle_after_tasks", &recycleAfterTasks)
        visitor.uint(26, "recycle_after_ms", &recycleAfterMs)
        visitor.optionalMessage(27, "prediction", &prediction)
        visitor.optionalMessage(28, "redundancy", &redundancy)
        visitor.optionalMessage(32, "scaling", &scaling)
    }
}
