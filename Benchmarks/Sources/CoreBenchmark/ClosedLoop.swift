import Measuring
import Pool
import PoolSimulator

/// A pool whose lanes are all taken and whose queue keeps its length: for each task that ends another is submitted.
///
/// It stands for the executor and the owners of tasks, answers what the pool decides, and keeps what it told the pool,
/// so that the same can be told again to a pool in the same state, with nothing else in the time.
struct ClosedLoop {
    /// What the pool was told, and when.
    struct Observation {
        var payload: EventPayload
        var at: EventTime
    }

    /// How large the pool is.
    struct Size: Equatable {
        var browsers: Int
        var queued: Int
        /// So many tasks of a thousand run in two copies, each of which counts among those that wait or run.
        var copiedPerMille = 0
    }

    private struct Run {
        var obligation: ObligationID
        var assigned: RunAssigned
    }

    private static let lanes = 2
    private static let itemsPerProgress: UInt64 = 32
    private static let itemsPerTask: UInt64 = 8 * itemsPerProgress
    private static let nsPerObservation: UInt64 = 50_000
    /// So many turns of a thousand are a browser that fails.
    private static let browserFailuresPerMille: UInt32 = 2
    /// So many runs of a thousand fail and are tried again later.
    private static let runFailuresPerMille: UInt32 = 20
    /// Every so-many-th browser offers WebNN.
    private static let browsersPerWebNN: UInt64 = 4

    private let copiedPerMille: UInt32
    private(set) var state = PoolState()
    private(set) var observations: [Observation] = []
    private var random = SplitMix64(seed: 7)
    private var now = EventTime(nanoseconds: 1_000_000_000_000)
    private var runs: [Run] = []
    /// Reports of what is done at once: browsers that start, are healed and end, runs that stop, models that are prepared,
    /// outputs that are compared.
    private var reports: [EventPayload] = []

    /// A pool of this size, with all lanes at work.
    init(_ size: Size) throws {
        copiedPerMille = UInt32(size.copiedPerMille)
        take(EngineStarted(revision: PoolState.decisionRevision).payload)
        take(PoolConfigured(policy: Self.policy(size)).payload)
        while let report = reports.popLast() { take(report) }
        while runs.count + state.queue.count < size.browsers * Self.lanes + size.queued { submit() }
        // The last task may have brought a copy along.
        let mayWait = size.queued...size.queued + (size.copiedPerMille > 0 ? 1 : 0)
        guard runs.count == size.browsers * Self.lanes, mayWait.contains(state.queue.count) else {
            throw BenchmarkError(
                "\(runs.count) tasks run and \(state.queue.count) wait, not as many as was meant")
        }
    }

    private static func policy(_ size: Size) -> PoolPolicy {
        var policy = PoolPolicy(
            maxConnections: UInt32(size.browsers), warmBrowsers: UInt32(size.browsers),
            lanesPerBrowser: UInt32(lanes))
        policy.browserPreferences = [BrowserPreference(family: .textEmbedding, browser: .headlessShell)]
        policy.maxQueued = UInt32(2 * (size.browsers * lanes + size.queued))
        return policy
    }

    /// Tells the pool so much, and keeps it.
    mutating func run(observations count: Int) {
        observations = []
        observations.reserveCapacity(count)
        let inHand = state.tasks.count
        while observations.count < count {
            if let due = state.timers.earliest, due.dueAt <= now {
                take(TimerFired(kind: due.kind, subject: due.subject, dueAt: due.dueAt).payload)
            } else if state.tasks.count < inHand {
                submit()
            } else if let report = reports.popLast() {
                take(report)
            } else if random.chance(perMille: Self.browserFailuresPerMille) {
                failBrowser()
            } else if !runs.isEmpty {
                advance(runs[Int(random.below(UInt64(runs.count)))])
            } else if let due = state.timers.earliest {
                now = due.dueAt
            }
        }
    }

    /// Gives an observation to the pool, and does what it decides.
    private mutating func take(_ payload: EventPayload) {
        now.nanoseconds += Self.nsPerObservation
        observations.append(Observation(payload: payload, at: now))
        guard case .recorded(let events) = state.step(payload, at: now) else { return }
        for event in events { react(to: event) }
    }

    private mutating func react(to event: Event) {
        let obligation = ObligationID(event.sequence)
        switch event.payload {
        case .runAssigned(let assigned):
            runs.append(Run(obligation: obligation, assigned: assigned))
        case .allocationReleased(let released):
            runs.removeAll { $0.assigned.allocation == released.allocation }
        case .runStopDecided(let decided):
            reports.append(RunStopped(obligation: obligation, browser: decided.browser).payload)
        case .browserLaunchDecided(let decided):
            let browser = decided.browser ?? BrowserID(event.sequence)
            reports.append(
                BrowserLaunched(obligation: obligation, browser: browser, facts: facts(of: browser)).payload)
        case .browserCloseDecided(let decided):
            reports.append(BrowserClosed(obligation: obligation, browser: decided.browser).payload)
        case .comparisonDecided(let decided):
            let difference = OutputDifference(left: decided.votes[0], right: decided.votes[1])
            reports.append(
                OutputsCompared(obligation: obligation, leader: decided.leader, differences: [difference])
                    .payload)
        case .healDecided(let decided):
            let backends = facts(of: decided.browser).backends
            reports.append(
                RungEnded(
                    obligation: obligation, browser: decided.browser, healed: true, backends: backends
                ).payload)
        case .prepareDecided(let decided):
            reports.append(ModelPrepared(obligation: obligation, browser: decided.browser).payload)
        default: break
        }
    }

    private func facts(of browser: BrowserID) -> BrowserFacts {
        var facts = BrowserFacts(pid: 7, kind: .headlessShell, adapter: Adapter(), simulated: true)
        facts.backends = [BackendSupport(backend: .webgpu), BackendSupport(backend: .cpu)]
        if browser.sequence % Self.browsersPerWebNN == 0 {
            facts.backends.append(BackendSupport(backend: .webnn))
        }
        return facts
    }

    private mutating func submit() {
        var spec = TaskSpec(
            model: "all-MiniLM-L6-v2", modelDigest: Self.digest(UInt8(random.below(4))), runtime: "wgsl",
            itemsTotal: Self.itemsPerTask,
            inputs: Payload(digest: Self.digest(9), sizeBytes: 100_000), inputsCount: 8)
        spec.backends = random.chance(perMille: 100) ? [.webnn] : [.webgpu, .cpu]
        spec.runtimeBackends = [.webgpu, .webnn, .cpu]
        spec.priority = UInt32(random.below(3))
        // Half of the tasks have a deadline, which some of those miss that wait for long.
        if random.chance(perMille: 500) { spec.deadlineMs = random.within(5_000...200_000) }
        if copiedPerMille > 0, random.chance(perMille: copiedPerMille) { spec.redundancy = 2 }
        take(TaskSubmitted(spec: spec).payload)
    }

    /// Lets a run take its next step.
    private mutating func advance(_ run: Run) {
        let (obligation, allocation) = (run.obligation, run.assigned.allocation)
        let task = state.tasks[run.assigned.task]
        if task.phase == .granted {
            take(RunStarted(obligation: obligation, allocation: allocation, runtime: "wgsl").payload)
        } else if task.itemsLeft > 0 {
            let outputs = Payload(inline: [UInt8](repeating: 48, count: 200))
            take(
                RunProgressed(
                    obligation: obligation, allocation: allocation, firstItem: task.itemsDone,
                    itemCount: Self.itemsPerProgress, outputs: outputs, runMs: 3
                ).payload)
        } else if random.chance(perMille: Self.runFailuresPerMille) {
            take(
                RunFailed(
                    obligation: obligation, allocation: allocation, failure: .executorFault,
                    detail: "the page went away"
                ).payload)
        } else {
            take(RunCompleted(obligation: obligation, allocation: allocation).payload)
        }
    }

    private mutating func failBrowser() {
        let usable = state.browsers.entities.filter(\.isUsable)
        guard !usable.isEmpty else { return }
        let browser = usable[Int(random.below(UInt64(usable.count)))]
        let hasEnded = random.chance(perMille: 500)
        take(
            BrowserFailed(
                browser: browser.id, incarnation: browser.incarnation,
                evidence: hasEnded ? .processExited : .gpuProcessLost, processEnded: hasEnded
            ).payload)
    }

    private static func digest(_ number: UInt8) -> Digest {
        Digest(bytes: [UInt8](repeating: number, count: Digest.byteCount)) ?? .zero
    }
}
