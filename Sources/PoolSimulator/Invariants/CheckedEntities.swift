import Pool

/// What the checker knows of a task.
struct CheckedTask: Sendable {
    enum Standing: Equatable, Sendable {
        case submitted
        case queued
        case backingOff
        case granted
        case suspended
        /// Its copies run.
        case voting
        /// It waits for the healing of this browser.
        case held(BrowserID)
    }

    private let shared: Shared
    var submittedAt: EventTime
    var itemsDone: UInt64 = 0
    var deadlineAt: EventTime?
    var backend = Backend.webgpu
    var standing = Standing.submitted
    var allocation: AllocationID?
    /// The second allocation, while two race.
    var rival: AllocationID?
    var hasStarted = false
    /// Attempts since its last recorded item.
    var attempts: UInt32 = 0
    var recovery: RecoveryID?
    /// What its model carried on from the last recorded items.
    var checkpoint: Payload?
    /// The task that it is a copy of.
    var leader: TaskID?
    /// It runs in copies.
    var hasCopies = false

    /// What its owner asked for; kept once, since whoever looks at tasks copies them.
    private final class Shared: Sendable {
        let spec: TaskSpec
        init(_ spec: TaskSpec) { self.spec = spec }
    }

    init(spec: TaskSpec, submittedAt: EventTime, leader: TaskID? = nil) {
        shared = Shared(spec)
        self.submittedAt = submittedAt
        self.leader = leader
    }

    var spec: TaskSpec { _read { yield shared.spec } }

    var itemsTotal: UInt64 { spec.itemsTotal }

    /// Whether a browser that can take the other one can take it too. A copy cannot go where others of its task are.
    func needsAsMuch(as other: CheckedTask) -> Bool {
        leader == nil && backend == other.backend && spec.requiredFeatures == other.spec.requiredFeatures
            && spec.requiredLimits == other.spec.requiredLimits && spec.memoryBytes == other.spec.memoryBytes
    }

    /// Whether it comes before a task that was submitted after it and has another priority.
    func precedes(younger other: CheckedTask, agingMs: UInt64) -> Bool {
        if spec.priority >= other.spec.priority { return true }
        guard agingMs > 0 else { return false }
        let lead = Int128(other.submittedAt.nanoseconds - submittedAt.nanoseconds)
        return lead >= Int128(other.spec.priority - spec.priority) * Int128(agingMs) * 1_000_000
    }
}

/// What the checker knows of a browser.
struct CheckedBrowser: Sendable {
    enum Standing: Equatable, Sendable {
        case launching
        case usable
        case closing
        case healing
        case down
    }

    var incarnation: IncarnationID
    var standing = Standing.launching
    /// Whether its process may be alive, as far as the events tell.
    var mayBeAlive = true
    /// The backends that its probe found.
    var offers: Set<Backend> = []
    var adapter: Adapter?
    var kind: BrowserKind?
    /// What it used at its last sample.
    var memoryBytes: UInt64 = 0
    /// It is to be started anew, and given nothing more.
    var isRecycling = false
    var preparing: ObligationID?
    var allocations: Set<AllocationID> = []
    var stops: Set<ObligationID> = []
    /// Where its breaker stands; nil while it is closed.
    var breaker: BreakerPhase?
    /// Failures since the last run that it completed.
    var strikes: UInt32 = 0
    var isSuspected = false

    /// Whether its adapter has what a task needs that runs on webgpu.
    func suits(_ task: CheckedTask) -> Bool {
        guard task.backend == .webgpu else { return true }
        let spec = task.spec
        return spec.requiredFeatures.allSatisfy { adapter?.features.contains($0) ?? false }
            && spec.requiredLimits.allSatisfy { needed in
                adapter?.limits.contains { $0.name == needed.name && $0.value >= needed.value } ?? false
            }
    }

    /// Whether anything may be given to it.
    var takesWork: Bool { standing == .usable && breaker != .open && !isSuspected && !isRecycling }

    /// Whether it has a free lane for a task, and besides other tasks the memory.
    func hasRoom(for task: CheckedTask, _ policy: PoolPolicy) -> Bool {
        let taken = allocations.count + stops.count
        guard taken > 0, policy.browserMemoryLimitBytes > 0 else { return taken < lanes(policy) }
        return taken < lanes(policy) && memoryBytes + task.spec.memoryBytes <= policy.browserMemoryLimitBytes
    }

    func lanes(_ policy: PoolPolicy) -> Int { breaker == .halfOpen ? 1 : Int(policy.lanesPerBrowser) }
}

/// What the checker knows of an allocation that is not released.
struct CheckedAllocation: Sendable {
    var task: TaskID
    var browser: BrowserID
    var leaseDeadline: EventTime
    var run: ObligationID?
}

/// What the checker knows of a recovery under way.
struct CheckedRecovery: Sendable {
    var task: TaskID
    var strategy: RecoveryStrategy
    var group: RecoveryID?
}

/// What the checker knows of an obligation that is owed.
struct CheckedObligation: Sendable {
    var kind: ObligationKind
    var browser: BrowserID
    var allocation: AllocationID?
    /// For a comparison the task that has copies.
    var leader: TaskID?
    var hasBegun = false
}

/// What the checker knows of a run, also after its obligation is closed.
struct CheckedRun: Sendable {
    var task: TaskID
    var assigned: Range<UInt64>
    var browser: BrowserID
    /// One past the last item that was really run.
    var ranThrough: UInt64
    /// How far its outputs are off.
    var offBy: UInt64 = 0
}
