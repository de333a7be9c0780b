import Pool

/// Every task of a log, ended or not.
public struct TaskHistory: Projection {
    public private(set) var tasks: [TaskRecord] = []
    private var indices: [TaskID: Int] = [:]
    private var runs: [ObligationID: TaskID] = [:]
    private var recoveries: [RecoveryID: TaskID] = [:]
    /// Whether the present engine is simulated.
    private var isSimulated = false

    public init() {}

    public init(continuing state: PoolState) {
        isSimulated = state.browsers.entities.contains(where: \.simulated)
        for task in state.tasks.entities {
            indices[task.id] = tasks.count
            var record = TaskRecord(
                id: task.id, spec: task.spec, submittedAt: task.submittedAt, simulated: isSimulated)
            record.leader = task.leader
            record.copies = state.groups.find(task.id)?.copies.map(\.task) ?? []
            record.itemsDone = task.itemsDone
            record.isRecovering = task.recovery != nil
            record.recoveries = record.isRecovering ? 1 : 0
            record.status = TaskStatus(of: task)
            if let allocation = state.allocations.find(task.allocation) {
                record.browsers = [allocation.browser]
            }
            tasks.append(record)
        }
        for recovery in state.recoveries.entities { recoveries[recovery.id] = recovery.task }
        for obligation in state.obligations.entities where obligation.kind == .run {
            runs[obligation.id] = obligation.task
        }
    }

    public subscript(id: TaskID) -> TaskRecord? { indices[id].map { tasks[$0] } }

    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .engineStarted(let started): isSimulated = started.simulated
        case .taskSubmitted(let submitted):
            let id = TaskID(event.sequence)
            indices[id] = tasks.count
            tasks.append(
                TaskRecord(id: id, spec: submitted.spec, submittedAt: event.at, simulated: isSimulated))
        case .taskCopied(let copied): copy(copied.leader, event)
        case .resultServed(let served): take(served.result, as: served.leader)
        case .groupAgreed(let agreed):
            // What has been served stays served, even if it is outvoted.
            if self[agreed.leader]?.result == nil { take(agreed.result, as: agreed.leader) }
            update(agreed.leader) { $0.agreement = agreed }
        case .taskQueued(let queued):
            update(queued.task) { $0.status = $0.isRecovering ? .recovering : .queued }
        case .taskResumeRequested(let request):
            update(request.task) { if !$0.copies.isEmpty { $0.status = .voting } }
        case .taskSuspended(let suspended): update(suspended.task) { $0.status = .suspended }
        case .retryScheduled(let retry): update(retry.task) { $0.status = .backingOff }
        case .taskGranted(let granted): update(granted.task) { $0.browsers.append(granted.browser) }
        case .runAssigned(let assigned):
            runs[ObligationID(event.sequence)] = assigned.task
            update(assigned.task) { $0.status = $0.isRecovering ? .recovering : .granted }
        case .backendRefused(let refused): update(refused.task) { $0.refusedBackends.append(refused) }
        case .runStarted(let started):
            updateRun(started.obligation) {
                $0.status = .running
                $0.starts.append(started)
            }
        case .runProgressed(let progressed):
            updateRun(progressed.obligation) {
                $0.itemsDone += min(progressed.itemCount, $0.spec.itemsTotal - $0.itemsDone)
                $0.runMs += progressed.runMs
            }
        case .runCompleted(let completed):
            updateRun(completed.obligation) {
                $0.metrics = completed.metrics
                $0.provenance = completed.provenance
            }
        case .recoveryBegan(let began):
            recoveries[RecoveryID(event.sequence)] = began.task
            update(began.task) {
                $0.recoveries += 1
                $0.isRecovering = true
            }
        case .rungStarted(let started):
            if let task = recoveries[started.recovery] { update(task) { $0.status = .recovering } }
        case .recoveryCommitted(let committed): endRecovery(committed.recovery, of: committed.task)
        case .recoveryRolledBack(let rolledBack): endRecovery(rolledBack.recovery, of: rolledBack.task)
        case .taskSucceeded(let ended): end(ended.task, .succeeded, event)
        case .taskCancelled(let ended): end(ended.task, .cancelled, event)
        case .taskTimedOut(let ended): end(ended.task, .timedOut, event)
        case .taskFailed(let ended):
            end(ended.task, .failed, event)
            update(ended.task) {
                $0.failure = ended.failure
                $0.detail = ended.detail
            }
        default: break
        }
    }

    private mutating func copy(_ leader: TaskID, _ event: Event) {
        let id = TaskID(event.sequence)
        guard var spec = self[leader]?.spec else { return }
        spec.deadlineMs = 0
        update(leader) {
            if !$0.status.isTerminal { $0.status = .voting }
            $0.copies.append(id)
        }
        indices[id] = tasks.count
        var record = TaskRecord(id: id, spec: spec, submittedAt: event.at, simulated: isSimulated)
        record.leader = leader
        tasks.append(record)
    }

    /// What a copy gave is what its task comes to.
    private mutating func take(_ result: TaskID, as leader: TaskID) {
        guard let copy = self[result] else { return }
        update(leader) {
            $0.result = result
            $0.itemsDone = copy.itemsDone
            $0.runMs = copy.runMs
            $0.metrics = copy.metrics
            $0.provenance = copy.provenance
            $0.starts = copy.starts
            $0.browsers = copy.browsers
        }
    }

    private mutating func endRecovery(_ recovery: RecoveryID, of task: TaskID) {
        recoveries[recovery] = nil
        update(task) { $0.isRecovering = false }
    }

    private mutating func end(_ id: TaskID, _ status: TaskStatus, _ event: Event) {
        update(id) {
            $0.status = status
            $0.endedAt = event.at
        }
    }

    private mutating func update(_ id: TaskID, _ body: (inout TaskRecord) -> Void) {
        guard let index = indices[id] else { return }
        body(&tasks[index])
        tasks[index].simulated = tasks[index].simulated || isSimulated
    }

    private mutating func updateRun(_ run: ObligationID, _ body: (inout TaskRecord) -> Void) {
        if let task = runs[run] { update(task, body) }
    }
}

/// Where a task stands, in the words that people see.
public enum TaskStatus: String, Sendable, CaseIterable {
    case queued
    case granted
    case running
    case recovering
    case backingOff = "backing_off"
    /// Its copies run.
    case voting
    case suspended
    case succeeded
    case failed
    case cancelled
    case timedOut = "timed_out"

    /// Where a task in hand stands.
    init(of task: TaskState) {
        switch task.phase {
        case .suspended: self = .suspended
        case .running: self = .running
        case .queued where task.retryAt != .zero: self = .backingOff
        case .queued: self = task.recovery == nil ? .queued : .recovering
        case .granted: self = task.recovery == nil ? .granted : .recovering
        case .recovering: self = .recovering
        case .voting: self = .voting
        }
    }

    /// True for the four ends of a task.
    public var isTerminal: Bool {
        switch self {
        case .succeeded, .failed, .cancelled, .timedOut: true
        case .queued, .granted, .running, .recovering, .backingOff, .voting, .suspended: false
        }
    }
}

/// What became of one task.
public struct TaskRecord: Equatable, Sendable {
    public let id: TaskID
    public let spec: TaskSpec
    public let submittedAt: EventTime
    /// Whether anything that happened to it was simulated.
    public internal(set) var simulated: Bool
    /// When it ended; zero until then.
    public internal(set) var endedAt = EventTime.zero
    public internal(set) var status = TaskStatus.queued
    public internal(set) var itemsDone: UInt64 = 0
    /// Time that its items took in the page, over all its runs, in milliseconds.
    public internal(set) var runMs = 0.0
    /// Recoveries that it went through.
    public internal(set) var recoveries = 0
    /// Browsers that it was given, in order, one entry per grant.
    public internal(set) var browsers: [BrowserID] = []
    /// Backends that were refused, in order, with who refused and why.
    public internal(set) var refusedBackends: [BackendRefused] = []
    /// How each of its runs began: cold or warm, and what it took to bring the model there.
    public internal(set) var starts: [RunStarted] = []
    public internal(set) var failure: TaskFailure?
    /// What its failure said.
    public internal(set) var detail = ""
    /// Timings of the run that completed it.
    public internal(set) var metrics: RunMetrics?
    /// What produced the results of that run.
    public internal(set) var provenance: Provenance?
    /// The task that it is a copy of; nil for one that its owner submitted.
    public internal(set) var leader: TaskID?
    /// Its copies, in the order in which they were made; none when it runs itself.
    public internal(set) var copies: [TaskID] = []
    /// The copy whose outputs are its result; nil when it runs itself, and until it is known.
    public internal(set) var result: TaskID?
    /// What its copies agreed on; nil when it runs itself, and where they did not.
    public internal(set) var agreement: GroupAgreed?
    var isRecovering = false

    init(id: TaskID, spec: TaskSpec, submittedAt: EventTime, simulated: Bool) {
        self.id = id
        self.spec = spec
        self.submittedAt = submittedAt
        self.simulated = simulated
    }
}

extension TaskRecord {
    /// What its copies came to, in words; nil when it runs itself.
    public var copiesInWords: String? {
        if copies.isEmpty { return nil }
        let all = copies.map(\.description).joined(separator: ", ")
        guard let agreement else { return "runs in the copies \(all)" }
        let votes = agreement.agreeing.count + agreement.outvoted.count
        if votes == 1 { return "of the copies \(all) only \(agreement.result) completed" }
        let outvoted = agreement.outvoted.map { copy in
            "; \(copy.task)\(copy.browser.map { " (browser \($0))" } ?? "") is outvoted"
        }
        return "\(agreement.agreeing.count) of the copies \(all) agree" + outvoted.joined()
    }
}
