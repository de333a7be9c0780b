import Pool

/// What the checker knows of a task.
struct CheckedTask: Sendable {
    enum Standing: Equatable, Sendable {
        case submitted
        case queued
        case backingOff
        case granted
        case suspended
        /// It waits for the healing of this browser.
        case held(BrowserID)
    }

    var itemsTotal: UInt64
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
    var preparing: ObligationID?
    var allocations: Set<AllocationID> = []
    var stops: Set<ObligationID> = []
    /// Where its breaker stands; nil while it is closed.
    var breaker: BreakerPhase?
    /// Failures since the last run that it completed.
    var strikes: UInt32 = 0
    var isSuspected = false

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
    var hasBegun = false
}

/// What the checker knows of a run, also after its obligation is closed.
struct CheckedRun: Sendable {
    var task: TaskID
    var assigned: Range<UInt64>
    /// One past the last item that was really run.
    var ranThrough: UInt64
}
