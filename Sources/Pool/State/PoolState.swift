/// The whole state of a pool: a fold of its log, and nothing else.
///
/// Its canonical bytes (`canonicalBytes()`) are the same for the same events under the same policy, on every machine
/// (CORE-1). A task that has ended is gone from it, so its size follows the work in hand, not the history.
public struct PoolState: WireMessage, DefaultInitializable {
    /// Sequence number of the last event folded in; 0 at the start.
    public internal(set) var position: UInt64 = 0
    /// Time of that event.
    public internal(set) var lastEventAt = EventTime.zero
    /// Sequence number of the engine's start; 0 before the first.
    public internal(set) var engine: UInt64 = 0
    /// Decision revision of that engine.
    public internal(set) var revision: UInt32 = 0
    /// True from the request to stop until the next engine starts.
    public internal(set) var isStopping = false
    /// The policy in force.
    public internal(set) var policy = PoolPolicy()
    /// Tasks that have not ended.
    public internal(set) var tasks = Table<TaskState>()
    /// Browsers that are not retired.
    public internal(set) var browsers = Table<BrowserState>()
    /// Lanes that are given to tasks.
    public internal(set) var allocations = Table<AllocationState>()
    /// Recoveries under way.
    public internal(set) var recoveries = Table<RecoveryState>()
    /// Side effects that are owed.
    public internal(set) var obligations = Table<ObligationState>()
    /// What comes due, earliest first.
    public internal(set) var timers = TimerTable()
    /// Queued tasks whose backoff is over, in the order in which they are granted.
    public internal(set) var queue = TaskQueue()
    /// Attempts to launch that failed in a row; launches that fail while a retry is pending count as one.
    public internal(set) var launchFailures: UInt32 = 0
    /// When launches are tried again; zero when nothing keeps them back.
    public internal(set) var launchRetryAt = EventTime.zero
    /// True once the engine's policy is recorded; nothing is granted or launched before.
    public internal(set) var isConfigured = false
    /// Sequence number of the last event that left the live log for an archive; 0 when none did.
    public internal(set) var retentionPoint: UInt64 = 0

    /// How long models take, as measured.
    public internal(set) var timings = TimingTable()
    /// What recoveries cost and rungs did.
    public internal(set) var experience = Experience()
    /// What has been learned of signs that a browser is about to fail; nil before the first example.
    public internal(set) var risk: RiskModel?
    /// How many browsers are kept, and the load that this follows; nil while the pool does not scale.
    public internal(set) var scaling: ScalingState?
    /// The breakers of models on kinds of browsers.
    public internal(set) var modelBreakers = ModelBreakerTable()
    /// What browsers cost, as measured; nil before the first measurement.
    public internal(set) var costs: BrowserCosts?

    /// Copies of tasks that have not come to a result.
    public internal(set) var groups = Table<GroupState>()
    /// Those of them that have begun: a copy has results, or has ended. It follows from the groups, and is kept so that
    /// those that only wait cost nothing.
    var begunGroups = SortedBlocks<TaskID>()
    /// Follows from the policy.
    var suspicionLimits = SuspicionLimits()

    /// The state before any event.
    public init() {}

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "position", &position)
        visitor.time(2, "last_event_at_ns", &lastEventAt)
        visitor.uint(3, "engine", &engine)
        visitor.uint(4, "revision", &revision)
        visitor.bool(5, "is_stopping", &isStopping)
        visitor.message(6, "policy", &policy)
        tasks.visit(&visitor, 7, "tasks")
        browsers.visit(&visitor, 8, "browsers")
        allocations.visit(&visitor, 9, "allocations")
        recoveries.visit(&visitor, 10, "recoveries")
        obligations.visit(&visitor, 11, "obligations")
        timers.visit(&visitor, 12, "timers")
        queue.visit(&visitor, 13, "queue")
        visitor.uint(14, "launch_failures", &launchFailures)
        visitor.time(15, "launch_retry_at_ns", &launchRetryAt)
        visitor.bool(16, "is_configured", &isConfigured)
        visitor.uint(17, "retention_point", &retentionPoint)
        timings.visit(&visitor, 18, "timings")
        experience.visit(&visitor)
        visitor.optionalMessage(21, "risk", &risk)
        groups.visit(&visitor, 40, "groups")
        visitor.optionalMessage(45, "scaling", &scaling)
        visitor.optionalMessage(46, "costs", &costs)
        modelBreakers.visit(&visitor, 47, "model_breakers")
    }

    /// The state as `weir.v1.PoolState` in proto3 wire format, fields and tables in ascending order.
    public func canonicalBytes() -> [UInt8] {
        var writer = WireWriter(reservingCapacity: 4096)
        writer.append(self)
        return writer.encoded
    }
}
