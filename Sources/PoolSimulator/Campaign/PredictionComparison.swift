import Pool
import PoolEngine

/// What predictions of failures are worth: a pool at work whose browsers fail, some of them after they have shown it, and
/// show signs that come to nothing; each time through the whole of the same drawn world.
///
/// Each rule observes once, so that what it predicts comes true or not; and acts once, so that its work is moved. It begins
/// each world without having learned anything.
public struct PredictionComparison: Sendable {
    /// What became of the tasks.
    public struct Outcome: Sendable, Equatable {
        /// The rule; nil when nothing was predicted.
        public let rule: PredictionRule?
        /// What came of its predictions; empty without a rule.
        public fileprivate(set) var predictions = PredictionTally()
        /// Times that a failure took a task's run from it.
        public fileprivate(set) var losses = 0
        /// Times that a task's run was moved.
        public fileprivate(set) var moves = 0
        /// Time that tasks that had begun did not run, in milliseconds.
        public fileprivate(set) var lostMs: UInt64 = 0
        /// Tasks that succeeded.
        public fileprivate(set) var succeeded = 0
        /// Time that they took from their submission on, in milliseconds.
        public fileprivate(set) var taskMs: UInt64 = 0

        fileprivate init(rule: PredictionRule?) { self.rule = rule }

        /// Adds what came about in another world under the same rule.
        public mutating func add(_ other: Outcome) {
            predictions.add(other.predictions)
            losses += other.losses
            moves += other.moves
            lostMs += other.lostMs
            succeeded += other.succeeded
            taskMs += other.taskMs
        }
    }

    /// The world's seed.
    public let seed: UInt64
    /// Without a rule, by phi, and by the model.
    public let outcomes: [Outcome]

    /// - Parameter tasks: How many tasks the pool has to bring to their ends.
    public init(seed: UInt64, tasks: Int = 400) {
        self.seed = seed
        let rules: [PredictionRule?] = [nil, .phi, .model]
        outcomes = rules.map { rule in
            var outcome = Outcome(rule: rule)
            let acts = rule.map { PredictionPolicy(rule: $0) }
            outcome.take(Simulation(Self.configuration(seed: seed, tasks: tasks, acts)).run().events)
            if let rule {
                let observes = PredictionPolicy(
                    rule: rule, observesOnly: true)
                let observed = Simulation(Self.configuration(seed: seed, tasks: tasks, observes)).run()
                for event in observed.events { outcome.predictions.take(event) }
            }
            return outcome
        }
    }

    /// Three to five browsers of one lane, half to nine tenths of them busy, and tasks of some ten seconds.
    static func configuration(
        seed: UInt64, tasks count: Int, _ prediction: PredictionPolicy?
    ) -> SimulationConfiguration {
        var random = SplitMix64(seed: seed)
        let browsers = random.within(3...5)
        var policy = PoolPolicy(
            maxConnections: UInt32(browsers), warmBrowsers: UInt32(browsers), recoveryStrategy: .immediate,
            breaker: nil, heartbeat: HeartbeatPolicy(intervalMs: 1_000, failAfterMs: 10_000))
        policy.prediction = prediction
        var world = World()
        world.batchMs = 200...2_000
        world.latePerMille = UInt32(random.within(2...30))
        let load = random.within(500...900)
        var tasks: [PlannedTask] = []
        var atMs: UInt64 = 0
        for _ in 0..<count {
            let batches = random.within(4...24)
            var spec = TaskSpec(
                model: "model", runtime: "simulated", itemsTotal: batches, inputsCount: 1, batchItems: 1,
                backends: [.webgpu])
            spec.modelDigest = Digest(bytes: [UInt8](repeating: 1, count: 32)) ?? .zero
            tasks.append(PlannedTask(atMs: atMs, spec: spec))
            atMs += batches * 1_100 * 1_000 / (browsers * load) * random.within(0...2_000) / 1_000
        }
        var faults = FaultPlan()
        faults.browserAilsPerMille = 1_000
        faults.browserFailsPerMille = 4
        faults.processGoesOnPerMille = 0
        faults.endsAtMs = atMs
        var configuration = SimulationConfiguration(
            seed: seed, policy: policy, workload: Workload(tasks: tasks), faults: faults)
        configuration.world = world
        return configuration
    }
}

extension PredictionComparison.Outcome {
    fileprivate mutating func take(_ events: [Event]) {
        var submitted: [TaskID: EventTime] = [:]
        var lostSince: [TaskID: EventTime] = [:]
        var tasks: [AllocationID: TaskID] = [:]
        for event in events {
            switch event.payload {
            case .taskSubmitted: submitted[TaskID(event.sequence)] = event.at
            case .taskGranted(let granted): tasks[AllocationID(event.sequence)] = granted.task
            case .runStarted(let started):
                guard let task = tasks[started.allocation], let since = lostSince.removeValue(forKey: task)
                else { break }
                lostMs += event.at.nanoseconds(since: since) / 1_000_000
            case .allocationReleased(let released):
                switch released.reason {
                case .browserFailed, .leaseExpired, .runFailed: losses += 1
                case .failurePredicted: moves += 1
                default: continue
                }
                if lostSince[released.task] == nil { lostSince[released.task] = event.at }
            case .taskSucceeded(let ended):
                succeeded += 1
                let at = submitted[ended.task] ?? event.at
                taskMs += event.at.nanoseconds(since: at) / 1_000_000
            default: break
            }
        }
    }
}
