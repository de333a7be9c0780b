/// A task in hand.
public struct TaskState: WireMessage, DefaultInitializable {
    /// The task.
    public var id: TaskID
    /// What is asked.
    public var spec: TaskSpec
    /// Where it stands.
    public var phase: TaskPhase
    /// Items recorded; they are the first ones.
    public var itemsDone: UInt64
    /// The backend chosen.
    public var backend: Backend
    /// Attempts that failed in a row without a recorded item.
    public var attempts: UInt32
    /// When it was submitted.
    public var submittedAt: EventTime
    /// When it was last queued.
    public var queuedAt: EventTime
    /// When its backoff is over; 0 when it has none.
    public var retryAt: EventTime
    /// Its allocation, while it has one.
    public var allocation: AllocationID?
    /// Its recovery, while one is under way.
    public var recovery: RecoveryID?
    /// Sequence number of the event that last queued it.
    public var queuedBy: UInt64
    /// What its model carries on to the next item, as the last recorded items left it.
    public var checkpoint: Payload?
    /// A second allocation that races with the first: whichever runs first stays.
    public var rival: AllocationID?
    /// The task that it is a copy of; absent for one that its owner submitted.
    public var leader: TaskID?

    public init(
        id: TaskID = TaskID(0),
        spec: TaskSpec = TaskSpec(),
        phase: TaskPhase = .queued,
        itemsDone: UInt64 = 0,
        backend: Backend = .webgpu,
        attempts: UInt32 = 0,
        submittedAt: EventTime = .zero,
        queuedAt: EventTime = .zero,
        retryAt: EventTime = .zero,
        allocation: AllocationID? = nil,
        recovery: RecoveryID? = nil,
        queuedBy: UInt64 = 0,
        checkpoint: Payload? = nil,
        rival: AllocationID? = nil,
        leader: TaskID? = nil
    ) {
        self.id = id
        self.spec = spec
        self.phase = phase
        self.itemsDone = itemsDone
        self.backend = backend
        self.attempts = attempts
        self.submittedAt = submittedAt
        self.queuedAt = queuedAt
        self.retryAt = retryAt
        self.allocation = allocation
        self.recovery = recovery
        self.queuedBy = queuedBy
        self.checkpoint = checkpoint
        self.rival = rival
        self.leader = leader
    }

    public init() {
        self.init(id: TaskID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "id", &id)
        visitor.message(2, "spec", &spec)
        visitor.choice(3, "phase", &phase)
        visitor.uint(4, "items_done", &itemsDone)
        visitor.choice(5, "backend", &backend)
        visitor.uint(6, "attempts", &attempts)
        visitor.time(7, "submitted_at_ns", &submittedAt)
        visitor.time(8, "queued_at_ns", &queuedAt)
        visitor.time(9, "retry_at_ns", &retryAt)
        visitor.optionalIdentifier(10, "allocation", &allocation)
        visitor.optionalIdentifier(11, "recovery", &recovery)
        visitor.uint(12, "queued_by", &queuedBy)
        visitor.optionalMessage(13, "checkpoint", &checkpoint)
        visitor.optionalIdentifier(14, "rival", &rival)
        visitor.optionalIdentifier(15, "leader", &leader)
    }
}
