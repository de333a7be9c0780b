import Pool
import PoolEngine
import PoolSimulator
import Projections
import Testing

/// What was recorded, replayed under the policy that was recorded or another one.
@Suite struct ReplayTests {
    private static func figures(_ log: MemoryEventStore) throws -> PoolFigures {
        var figures = PoolFigures()
        try log.forEachEvent { event, _ in figures.apply(event) }
        return figures
    }

    private static func replay(_ workload: RecordedWorkload, seed: UInt64 = 1) -> SimulationResult {
        Simulation(SimulationConfiguration(seed: seed, replaying: workload)).run()
    }

    private static func types(_ log: MemoryEventStore) throws -> [String] {
        var types: [String] = []
        try log.forEachEvent { event, _ in
            if !event.isObservation { types.append(event.payload.name.description) }
        }
        return types
    }

    /// Ends of tasks in the order of their submission.
    private static func ends(_ log: MemoryEventStore) throws -> [TaskStatus] {
        var history = TaskHistory()
        try log.forEachEvent { event, _ in history.apply(event) }
        return history.tasks.filter { $0.leader == nil }.map(\.status)
    }

    /// Whether nothing was decided by when a sign of life came or where a run was cut short, which is not replayed.
    private static func isCertain(_ result: SimulationResult) -> Bool {
        result.summary.reasons["released_preempted"] == 0 && result.summary.reasons["closed_recycled"] == 0
            && result.summary.reasons["released_cancelled"] == 0
            && result.summary.reasons["released_timed_out"] == 0
            && ["browser_suspected", "failure_predicted"].allSatisfy { result.summary.events[$0] == 0 }
    }

    /// Whether a run was cut short, and a lease or a deadline may have decided on one that was longer or shorter for it.
    private static func mayEndOtherwise(_ result: SimulationResult) -> Bool {
        let reasons = result.summary.reasons
        return reasons["released_lease_expired"] > 0 && !isCertain(result)
            || reasons["released_timed_out"] > 0 && reasons["released_cancelled"] > 0
    }

    @Test(
        "without a fault every task ends as recorded, and unless one was cut short, every figure is as it was"
    )
    func undisturbed() throws {
        var (whole, compared) = (0, 0)
        for seed in 1...60 as ClosedRange<UInt64> {
            let recorded = Simulation(.drawn(seed: seed, faults: .none)).run()
            let workload = try RecordedWorkload(reading: recorded.log)
            #expect(workload.isComplete && workload.isSimulated)
            let replayed = Self.replay(workload, seed: seed)
            #expect(replayed.failure == nil, "seed \(seed): \(replayed.violations.prefix(1))")
            let ends = try Self.ends(recorded.log)
            // When signs of life come is not replayed, nor is what was predicted by them; and a run that is cut short has a
            // next step that nobody knows: another report, a model in the page that another run finds there.
            let isOpen = [recorded, replayed].contains {
                $0.summary.reasons["recycled_predicted"] > 0 || Self.mayEndOtherwise($0)
            }
            if isOpen { continue }
            compared += 1
            #expect(try Self.ends(replayed.log) == ends, "seed \(seed)")
            // Of a task that its owner, its deadline or a more urgent one ended nobody knows what it would have done next.
            guard ends.allSatisfy({ $0 == .succeeded || $0 == .failed }) else { continue }
            guard Self.isCertain(recorded), Self.isCertain(replayed) else { continue }
            whole += 1
            #expect(try Self.types(replayed.log) == Self.types(recorded.log), "seed \(seed)")
            #expect(try Self.figures(replayed.log) == Self.figures(recorded.log), "seed \(seed)")
            let counts = try #require(replayed.replayed)
            for drawn in [counts.resampled, counts.assumed] {
                #expect(drawn["items"] == 0 && drawn["starts"] == 0, "seed \(seed): \(counts)")
            }
        }
        #expect(whole >= 10, "\(whole)")
        #expect(compared >= 50, "\(compared)")
    }

    /// Browsers, launches and runs that fail and hang, while engines and reports are as they should be.
    private static var browserFaults: FaultPlan {
        var plan = FaultPlan()
        plan.launchFailsPerMille = 100
        plan.launchHangsPerMille = 50
        plan.browserFailsPerMille = 40
        plan.runFailsPerMille = 20
        plan.runHangsPerMille = 20
        plan.rungFailsPerMille = 200
        plan.stopHangsPerMille = 100
        plan.endsAtMs = 30_000
        return plan
    }

    @Test(
        "the same faults under the same policy: nearly every task ends as it was recorded, in the same time")
    func browsersFail() throws {
        var (tasks, same, faults, struck) = (0, 0, 0, 0)
        var (lost, modelledLost) = (0.0, 0.0)
        for seed in 1...80 as ClosedRange<UInt64> {
            let recorded = Simulation(.drawn(seed: seed, faults: .given(Self.browserFaults))).run()
            let workload = try RecordedWorkload(reading: recorded.log)
            let replayed = Self.replay(workload, seed: seed)
            #expect(replayed.failure == nil, "seed \(seed): \(replayed.violations.prefix(1))")
            let (old, new) = (try Self.ends(recorded.log), try Self.ends(replayed.log))
            #expect(old.count == new.count)
            tasks += old.count
            same += zip(old, new).count { $0 == $1 }
            faults += workload.faults.sorted.map(\.count).reduce(0, +)
            struck += replayed.replayed?.struck.sorted.map(\.count).reduce(0, +) ?? 0
            lost += Double(try Self.figures(recorded.log).lostNs)
            modelledLost += Double(try Self.figures(replayed.log).lostNs)
        }
        #expect(faults > 100 && tasks > 400)
        #expect(same * 100 >= tasks * 98, "\(same) of \(tasks)")
        #expect(struck * 100 >= faults * 95, "\(struck) of \(faults)")
        #expect(abs(modelledLost / lost - 1) < 0.05, "\(modelledLost / lost)")
    }

    @Test("with every kind of fault, ends of engines included, most tasks end as they were recorded")
    func everythingFails() throws {
        var (tasks, same) = (0, 0)
        for seed in 1...80 as ClosedRange<UInt64> {
            let recorded = Simulation(.drawn(seed: seed, faults: .all)).run()
            let workload = try RecordedWorkload(reading: recorded.log)
            let replayed = Self.replay(workload, seed: seed)
            #expect(replayed.failure == nil, "seed \(seed): \(replayed.violations.prefix(1))")
            let (old, new) = (try Self.ends(recorded.log), try Self.ends(replayed.log))
            #expect(old.count == new.count, "every task is submitted once, seed \(seed)")
            tasks += old.count
            same += zip(old, new).count { $0 == $1 }
        }
        #expect(same * 100 >= tasks * 85, "\(same) of \(tasks)")
    }

    @Test("under any other policy every invariant holds, and every task ends")
    func otherPolicies() throws {
        for seed in 1...60 as ClosedRange<UInt64> {
            let recorded = Simulation(.drawn(seed: seed, faults: .all)).run()
            let other = SimulationConfiguration.drawn(seed: seed + 1_000).policy
            let workload = try RecordedWorkload(reading: recorded.log).under { _ in other }
            let replayed = Self.replay(workload, seed: seed)
            #expect(replayed.failure == nil, "seed \(seed): \(replayed.violations.prefix(1))")
        }
    }

    @Test("the same log, policy and seed give the same bytes, and a replay can be replayed")
    func deterministic() throws {
        let recorded = Simulation(.drawn(seed: 5, faults: .all)).run()
        let workload = try RecordedWorkload(reading: recorded.log).under { policy in
            var policy = policy
            policy.recoveryStrategy = .coordinated
            return policy
        }
        let once = Self.replay(workload, seed: 3)
        #expect(once.digest == Self.replay(workload, seed: 3).digest)
        #expect(once.digest != Self.replay(workload, seed: 4).digest)
        let again = Self.replay(try RecordedWorkload(reading: once.log))
        #expect(try Self.ends(again.log).count == Self.ends(once.log).count)
    }

    // MARK: Faults

    /// Four tasks on two browsers, one of which fails.
    private static func disturbed(_ evidence: Evidence) -> SimulationConfiguration {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 120, inputsCount: 1, batchItems: 4,
            backends: [.webgpu])
        var faults = FaultPlan()
        faults.endsAtMs = 0
        faults.injections = [
            .init(atMs: 7_000, .browserFails(evidence, processEnded: evidence == .processExited))
        ]
        return SimulationConfiguration(
            seed: 11, policy: PoolPolicy(maxConnections: 2, warmBrowsers: 2, lanesPerBrowser: 2),
            workload: Workload(tasks: (0..<4).map { _ in PlannedTask(atMs: 0, spec: spec) }), faults: faults)
    }

    /// The first recovery of each task: what was seen, and the item that was next.
    private static func recoveries(_ log: MemoryEventStore) throws -> [Int: (Evidence, UInt64)] {
        var (order, found): ([TaskID], [Int: (Evidence, UInt64)]) = ([], [:])
        try log.forEachEvent { event, _ in
            switch event.payload {
            case .taskSubmitted: order.append(TaskID(event.sequence))
            case .recoveryBegan(let began):
                guard let index = order.firstIndex(of: began.task), found[index] == nil else { return }
                found[index] = (began.evidence, began.checkpointItems)
            default: break
            }
        }
        return found
    }

    @Test(
        "a fault strikes the same task at the same item, whatever the policy",
        arguments: [Evidence.processExited, .deviceLost], RecoveryStrategy.allCases)
    func sameFault(evidence: Evidence, strategy: RecoveryStrategy) throws {
        let recorded = Simulation(Self.disturbed(evidence)).run()
        let workload = try RecordedWorkload(reading: recorded.log)
        #expect(workload.faults["browser_fails"] == 1)
        let other = workload.under { policy in
            var policy = policy
            policy.recoveryStrategy = strategy
            policy.lanesPerBrowser = 1
            policy.maxConnections = 5
            return policy
        }
        let replayed = Self.replay(other)
        #expect(replayed.failure == nil, "\(replayed.violations.prefix(1))")
        #expect(replayed.replayed?.struck["browser_fails"] == 1)
        let (old, new) = (try Self.recoveries(recorded.log), try Self.recoveries(replayed.log))
        // With a lane of its own, only the task that was struck is.
        #expect(old.count == 2 && new.count == 1)
        let hit = try #require(new.first)
        #expect(hit.value.0 == evidence && old[hit.key]?.1 == hit.value.1)
        #expect(try Self.figures(replayed.log).ended(.succeeded) == 4)
    }

    @Test("a fault of an idle browser strikes the same one, or none where there is none")
    func idleFault() throws {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 1, inputsCount: 1, backends: [.webgpu])
        var faults = FaultPlan()
        faults.endsAtMs = 40_000
        faults.injections = [.init(atMs: 30_000, .browsersFail(.processExited, processEnded: true))]
        let configuration = SimulationConfiguration(
            seed: 1, policy: PoolPolicy(maxConnections: 3, warmBrowsers: 3),
            workload: Workload(tasks: [PlannedTask(atMs: 0, spec: spec)]), faults: faults)
        let workload = try RecordedWorkload(reading: Simulation(configuration).run().log)
        #expect(workload.faults["browser_fails"] == 3)
        #expect(Self.replay(workload).replayed?.struck["browser_fails"] == 3)
        let fewer = workload.under { _ in PoolPolicy(maxConnections: 1, warmBrowsers: 1) }
        #expect(Self.replay(fewer).replayed?.struck["browser_fails"] == 1)
    }

    // MARK: Copies

    /// One task in three copies on browsers of which one is wrong, and one fails under the copy that it has.
    private static func copied(policy change: (inout PoolPolicy) -> Void = { _ in }) throws -> (
        recorded: SimulationResult, replayed: SimulationResult
    ) {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 120, inputsCount: 1, batchItems: 4,
            backends: [.webgpu], redundancy: 3)
        var faults = FaultPlan()
        faults.endsAtMs = 0
        faults.injections = [
            .init(atMs: 0, .browserWrong(by: 2)),
            .init(atMs: 7_000, .browserFails(.deviceLost, processEnded: false)),
        ]
        let recorded = Simulation(
            SimulationConfiguration(
                seed: 11, policy: PoolPolicy(maxConnections: 3, warmBrowsers: 3),
                workload: Workload(tasks: [PlannedTask(atMs: 0, spec: spec)]), faults: faults)
        ).run()
        let workload = try RecordedWorkload(reading: recorded.log).under { policy in
            var policy = policy
            change(&policy)
            return policy
        }
        let replayed = Self.replay(workload)
        #expect(replayed.failure == nil, "\(replayed.violations.prefix(1))")
        return (recorded, replayed)
    }

    /// The places, among all copies, of those that were outvoted.
    private static func outvoted(_ log: MemoryEventStore) throws -> [Int?] {
        var (copies, outvoted): ([TaskID], [Int?]) = ([], [])
        try log.forEachEvent { event, _ in
            switch event.payload {
            case .taskCopied: copies.append(TaskID(event.sequence))
            case .groupAgreed(let agreed):
                outvoted = agreed.outvoted.map { copies.firstIndex(of: $0.task) }
            default: break
            }
        }
        return outvoted
    }

    @Test("each copy of a task takes its own course, and the same one is outvoted")
    func copies() throws {
        let (recorded, replayed) = try Self.copied()
        #expect(recorded.summary.copies["outvoted"] == 1)
        #expect(try Self.outvoted(replayed.log) == Self.outvoted(recorded.log))
        #expect(replayed.replayed?.struck["browser_fails"] == 1)
        #expect(try Self.types(replayed.log) == Self.types(recorded.log))
        #expect(try Self.figures(replayed.log) == Self.figures(recorded.log))
        let counts = try #require(replayed.replayed)
        for drawn in [counts.resampled, counts.assumed] {
            #expect(drawn["items"] == 0 && drawn["starts"] == 0 && drawn["comparisons"] == 0, "\(counts)")
        }
    }

    @Test("the copy that was wrong is outvoted under another policy, too")
    func copiesElsewhere() throws {
        let (recorded, replayed) = try Self.copied { policy in
            policy.maxConnections = 5
            policy.warmBrowsers = 0
            policy.recoveryStrategy = .coordinated
        }
        #expect(try Self.outvoted(replayed.log) == Self.outvoted(recorded.log))
    }

    // MARK: Queues

    @Test(
        "more browsers shorten the wait of tasks that wait for browsers, and the same number changes nothing")
    func queueBound() throws {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 40, inputsCount: 1, batchItems: 4,
            backends: [.webgpu])
        var faults = FaultPlan()
        faults.endsAtMs = 0
        let configuration = SimulationConfiguration(
            seed: 2, policy: PoolPolicy(maxConnections: 1),
            workload: Workload(tasks: (0..<12).map { PlannedTask(atMs: UInt64($0) * 100, spec: spec) }),
            faults: faults)
        let recorded = Simulation(configuration).run()
        let workload = try RecordedWorkload(reading: recorded.log)
        func median(_ browsers: UInt32) throws -> UInt64 {
            let other = workload.under { policy in
                var policy = policy
                policy.maxConnections = browsers
                return policy
            }
            return try #require(try Self.figures(Self.replay(other).log).queueWaits.value(percent: 50))
        }
        let waited = try #require(try Self.figures(recorded.log).queueWaits.value(percent: 50))
        #expect(try median(1) == waited)
        #expect(try median(2) * 2 < waited * 3 / 2)
        #expect(try median(6) * 4 < waited)
    }

    // MARK: Sessions

    @Test("a log that ends amid its work is replayed up to the same time")
    func cut() throws {
        var compared = 0
        for seed in 1...80 as ClosedRange<UInt64> {
            let whole = Simulation(.drawn(seed: seed, tasks: 12, faults: .none)).run()
            guard Self.isCertain(whole) else { continue }
            compared += 1
            let log = MemoryEventStore(logID: whole.log.logID)
            var (times, ends): ([EventTime], [Int]) = ([], [])
            try whole.log.forEachEvent { event, beginsStep in
                if beginsStep, let last = times.last, last < event.at { ends.append(times.count) }
                times.append(event.at)
            }
            log.submit(whole.log.read(from: 1, limit: ends[ends.count / 2]))
            let workload = try RecordedWorkload(reading: log)
            #expect(!workload.isComplete)
            let replayed = Self.replay(workload)
            #expect(replayed.violations.isEmpty, "seed \(seed): \(replayed.violations.prefix(1))")
            let (old, new) = (try Self.figures(log), try Self.figures(replayed.log))
            #expect(old.unfinished == new.unfinished, "seed \(seed)")
            #expect(old.launches == new.launches, "seed \(seed)")
        }
        #expect(compared >= 15, "\(compared)")
    }

    @Test("what was never recorded is drawn, and where there is nothing to draw from it is assumed")
    func origins() throws {
        let spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 8, inputsCount: 1, batchItems: 4,
            backends: [.webgpu], deadlineMs: 2)
        var faults = FaultPlan()
        faults.endsAtMs = 0
        let configuration = SimulationConfiguration(
            seed: 1, workload: Workload(tasks: [PlannedTask(atMs: 0, spec: spec)]), faults: faults)
        var workload = try RecordedWorkload(reading: Simulation(configuration).run().log)
        let timedOut = Self.replay(workload)
        #expect(try Self.ends(timedOut.log) == [.timedOut])
        workload = try RecordedWorkload(reading: timedOut.log)
        #expect(workload.faults == Counts())
    }
}

extension MemoryEventStore {
    /// Appends records that were read from another log.
    fileprivate func submit(_ records: some Sequence<StoredRecord>) {
        for record in records {
            let record = StoredStep.Record(type: record.type, streams: record.streams, bytes: record.bytes)
            _ = submit(StoredStep(records: [record], blobs: [], mayWait: false)) { _ in }
        }
    }
}
