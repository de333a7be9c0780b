import Pool

/// What led to a failure, as far as it can be set up again: the process of the browser that failed, what ran on it, and
/// what was done to it on purpose.
public struct FailureSlice: WireMessage, DefaultInitializable {
    public var failure: SlicedFailure
    /// Version of the Weir that recorded it.
    public var version: String
    /// The pool's policy then.
    public var policy: PoolPolicy
    /// What was learnt about the process at its launch; absent when it never became usable.
    public var facts: BrowserFacts?
    /// What ran on the process, in the order in which it was assigned.
    public var runs: [SlicedRun]
    /// What was done to the process on purpose.
    public var faults: [SlicedFault]
    /// Failures of the same process before, after which it was healed in place. What ran until then is not among `runs`.
    public var healedBefore: UInt32

    public init(
        failure: SlicedFailure = SlicedFailure(), version: String = "", policy: PoolPolicy = PoolPolicy(),
        facts: BrowserFacts? = nil, runs: [SlicedRun] = [], faults: [SlicedFault] = [],
        healedBefore: UInt32 = 0
    ) {
        self.failure = failure
        self.version = version
        self.policy = policy
        self.facts = facts
        self.runs = runs
        self.faults = faults
        self.healedBefore = healedBefore
    }

    public init() { self.init(version: "") }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.message(1, "failure", &failure)
        visitor.string(2, "version", &version)
        visitor.message(3, "policy", &policy)
        visitor.optionalMessage(4, "facts", &facts)
        visitor.messages(5, "runs", &runs)
        visitor.messages(6, "faults", &faults)
        visitor.uint(7, "healed_before", &healedBefore)
    }

    /// The run that the failure is told of: of a failed run that one, of a failed browser the first that was under way.
    public var failingRun: SlicedRun? { runs.first(where: \.failing) }

    /// The payloads that its runs need: inputs, and what models carry on.
    public var payloads: [Payload] { runs.flatMap { [$0.spec.inputs] + ($0.checkpoint.map { [$0] } ?? []) } }
}

/// A failure of a browser, or of a run on a browser that stayed usable.
public struct SlicedFailure: WireMessage, DefaultInitializable {
    /// Sequence number of its event.
    public var sequence: UInt64
    public var browser: BrowserID
    public var incarnation: IncarnationID
    /// What was seen of the browser; absent where a run alone failed.
    public var evidence: Evidence?
    /// How a run failed; absent where the browser did.
    public var runFailure: RunFailure?
    /// The same in words.
    public var detail: String

    public init(
        sequence: UInt64 = 0, browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        evidence: Evidence? = nil, runFailure: RunFailure? = nil, detail: String = ""
    ) {
        self.sequence = sequence
        self.browser = browser
        self.incarnation = incarnation
        self.evidence = evidence
        self.runFailure = runFailure
        self.detail = detail
    }

    public init() { self.init(sequence: 0) }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "sequence", &sequence)
        visitor.identifier(2, "browser", &browser)
        visitor.identifier(3, "incarnation", &incarnation)
        visitor.optionalChoice(4, "evidence", &evidence)
        visitor.optionalChoice(5, "run_failure", &runFailure)
        visitor.string(6, "detail", &detail)
    }

    /// The name of what was seen.
    public var name: String {
        evidence?.name.description ?? runFailure?.name.description ?? ""
    }

    /// Whether another failure is of the same kind.
    public func isAlike(_ other: SlicedFailure) -> Bool {
        evidence == other.evidence && runFailure == other.runFailure
    }
}

/// Items that ran on the process of a browser.
public struct SlicedRun: WireMessage, DefaultInitializable {
    public var task: TaskID
    public var spec: TaskSpec
    public var backend: Backend
    /// First item, from 0.
    public var firstItem: UInt64
    /// Number of items that were assigned.
    public var itemCount: UInt64
    /// What the model carried on from the items before; absent at the first, or when it carries nothing.
    public var checkpoint: Payload?
    /// Items of them that have results.
    public var itemsDone: UInt64
    /// In-page runtime and its version; empty when the items did not begin.
    public var runtime: String
    /// Whether the model carries something on from item to item, as far as that was seen.
    public var stateful: Bool
    /// Whether it was under way at the failure.
    public var open: Bool
    /// Whether the failure is told of it.
    public var failing: Bool

    public init(
        task: TaskID = TaskID(0), spec: TaskSpec = TaskSpec(), backend: Backend = .webgpu,
        firstItem: UInt64 = 0, itemCount: UInt64 = 0, checkpoint: Payload? = nil, itemsDone: UInt64 = 0,
        runtime: String = "", stateful: Bool = false, open: Bool = false, failing: Bool = false
    ) {
        self.task = task
        self.spec = spec
        self.backend = backend
        self.firstItem = firstItem
        self.itemCount = itemCount
        self.checkpoint = checkpoint
        self.itemsDone = itemsDone
        self.runtime = runtime
        self.stateful = stateful
        self.open = open
        self.failing = failing
    }

    public init() { self.init(task: TaskID(0)) }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.message(2, "spec", &spec)
        visitor.choice(3, "backend", &backend)
        visitor.uint(4, "first_item", &firstItem)
        visitor.uint(5, "item_count", &itemCount)
        visitor.optionalMessage(6, "checkpoint", &checkpoint)
        visitor.uint(7, "items_done", &itemsDone)
        visitor.string(8, "runtime", &runtime)
        visitor.bool(9, "stateful", &stateful)
        visitor.bool(10, "open", &open)
        visitor.bool(11, "failing", &failing)
    }

    /// The items that were assigned.
    public var items: Range<UInt64> { firstItem..<firstItem + itemCount }

    /// The first item without a result.
    public var nextItem: UInt64 { firstItem + itemsDone }
}

/// A fault that was done to the process of a browser on purpose.
public struct SlicedFault: WireMessage, DefaultInitializable {
    public var fault: InjectedFault
    /// How many of the slice's runs had been assigned by then.
    public var runsBefore: UInt32
    /// Whether the last of them was under way.
    public var underWay: Bool
    /// Whether its items had begun.
    public var started: Bool
    /// Its first item without a result then.
    public var nextItem: UInt64

    public init(
        fault: InjectedFault = .browserKilled, runsBefore: UInt32 = 0, underWay: Bool = false,
        started: Bool = false, nextItem: UInt64 = 0
    ) {
        self.fault = fault
        self.runsBefore = runsBefore
        self.underWay = underWay
        self.started = started
        self.nextItem = nextItem
    }

    public init() { self.init(fault: .browserKilled) }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "fault", &fault)
        visitor.uint(2, "runs_before", &runsBefore)
        visitor.bool(3, "under_way", &underWay)
        visitor.bool(4, "started", &started)
        visitor.uint(5, "next_item", &nextItem)
    }
}
