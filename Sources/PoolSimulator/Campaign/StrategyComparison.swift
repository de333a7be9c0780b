import Pool
import PoolEngine

/// How long it takes to bring tasks back, by strategy and by what was seen of their browser, in simulations that differ
/// in nothing else: the same seeds, tasks and browsers, and one browser that fails at the same moment.
///
/// Time is virtual and drawn as in every simulation: a launch takes 0.15 to 3 s, a rung up to 1.5 s, a model that is not
/// in the page up to 2 s. What can be compared are strategies, not browsers.
public struct StrategyComparison: Sendable {
    /// The recoveries of one strategy from one kind of failure.
    public struct Cell: Sendable, Equatable {
        public let strategy: RecoveryStrategy
        public let evidence: Evidence
        /// How long each recovery took that succeeded, in milliseconds, ascending.
        public fileprivate(set) var durationsMs: [Double] = []
        /// Recoveries that were given up.
        public fileprivate(set) var rolledBack = 0
        /// Tasks that did not succeed, or whose outputs are not those of the undisturbed run: none, or it is an error.
        public fileprivate(set) var wrongTasks = 0

        /// The duration that so many of a hundred recoveries do not exceed; nil without a recovery.
        public func quantileMs(percent: Int) -> Double? {
            guard !durationsMs.isEmpty else { return nil }
            return durationsMs[min(durationsMs.count * percent / 100, durationsMs.count - 1)]
        }
    }

    /// What is seen of the browser that fails: everything that a usable browser can show.
    public static let evidence = Evidence.allCases.filter { $0 != .launchTimedOut && $0 != .engineRestarted }

    /// One for each evidence and strategy, in their order.
    public private(set) var cells: [Cell] = []

    /// - Parameters:
    ///   - seeds: One simulation of each for every evidence and strategy.
    ///   - hasSpare: Whether a third browser waits with the model in its page.
    public init(seeds: ClosedRange<UInt64>, hasSpare: Bool) {
        let undisturbed = seeds.map { seed in
            Self.outputs(of: Simulation(Self.configuration(seed: seed, hasSpare: hasSpare)).run())
        }
        for evidence in Self.evidence {
            for strategy in RecoveryStrategy.fixed {
                var cell = Cell(strategy: strategy, evidence: evidence)
                for (seed, expected) in zip(seeds, undisturbed) {
                    let configuration = Self.configuration(
                        seed: seed, hasSpare: hasSpare, strategy, evidence)
                    let result = Simulation(configuration).run()
                    cell.add(result)
                    cell.wrongTasks += zip(Self.outputs(of: result), expected).count { $0 != $1 }
                }
                cell.durationsMs.sort()
                cells.append(cell)
            }
        }
    }

    /// Four tasks on two browsers with two lanes each.
    private static func configuration(
        seed: UInt64, hasSpare: Bool, _ strategy: RecoveryStrategy = .immediate, _ evidence: Evidence? = nil
    ) -> SimulationConfiguration {
        var spec = TaskSpec(
            model: "model", runtime: "simulated", itemsTotal: 120, inputsCount: 1, batchItems: 4,
            backends: [.webgpu, .cpu])
        spec.runtimeBackends = [.webgpu, .cpu]
        let policy = PoolPolicy(
            maxConnections: hasSpare ? 3 : 2, warmBrowsers: hasSpare ? 3 : 2, lanesPerBrowser: 2,
            recoveryStrategy: strategy)
        var faults = FaultPlan()
        faults.endsAtMs = 0
        if let evidence {
            let processEnded = evidence == .processExited
            faults.injections = [.init(atMs: 7_000, .browserFails(evidence, processEnded: processEnded))]
        }
        let tasks = (0..<4).map { _ in PlannedTask(atMs: 0, spec: spec) }
        return SimulationConfiguration(
            seed: seed, policy: policy, workload: Workload(tasks: tasks), faults: faults)
    }

    /// What each task that succeeded gave, item by item, in the order of their submission; empty for another.
    private static func outputs(of result: SimulationResult) -> [String] {
        var order: [TaskID] = []
        var outputs: [TaskID: [String]] = [:]
        var tasks: [AllocationID: TaskID] = [:]
        var succeeded: Set<TaskID> = []
        for event in result.events {
            switch event.payload {
            case .taskSubmitted: order.append(TaskID(event.sequence))
            case .taskGranted(let granted): tasks[AllocationID(event.sequence)] = granted.task
            case .runProgressed(let progressed):
                guard let task = tasks[progressed.allocation] else { continue }
                let array = String(decoding: progressed.outputs.inline, as: UTF8.self)
                outputs[task, default: []].append(String(array.dropFirst().dropLast()))
            case .taskSucceeded(let ended): succeeded.insert(ended.task)
            default: break
            }
        }
        return order.map { succeeded.contains($0) ? outputs[$0, default: []].joined(separator: ",") : "" }
    }
}

extension StrategyComparison.Cell {
    fileprivate mutating func add(_ result: SimulationResult) {
        for event in result.events {
            switch event.payload {
            case .recoveryCommitted(let committed):
                durationsMs.append(Double(committed.durationNs) / 1_000_000)
            case .recoveryRolledBack: rolledBack += 1
            default: break
            }
        }
        wrongTasks += result.isQuiescent && result.violations.isEmpty ? 0 : 1
    }
}
