import EventLog
import Measuring
import Pool
import PoolEngine
import PoolSimulator

/// The log of a simulated pool: a pool's own mix of events, which the same seed gives again byte for byte.
public enum PoolHistory {
    /// Steps that wait for the log at most.
    private static let stepsWaiting = 4096

    /// Writes the history of a pool that has run so many tasks into a new log.
    ///
    /// - Returns: How many events it has.
    public static func write(tasks: Int, to folder: String) throws -> Int {
        let history = try simulated(tasks: tasks).log
        let log = try EventLog.open(at: folder)
        defer { log.close() }
        let store = LogEventStore(log)
        var step: [[UInt8]] = []
        var steps = 0
        func submit() throws {
            guard !step.isEmpty else { return }
            try store.submit(StoredStep(records: step)) { _ in }
            step.removeAll()
            steps += 1
            if steps % stepsWaiting == 0 { try awaitAll(of: log) }
        }
        var next: UInt64 = 1
        while case let records = history.read(from: next, limit: 4096), !records.isEmpty {
            for record in records {
                if record.beginsStep { try submit() }
                step.append(record.bytes)
            }
            next += UInt64(records.count)
        }
        try submit()
        try awaitAll(of: log)
        return Int(next) - 1
    }

    private static func awaitAll(of log: EventLog) throws {
        _ = try blocking { try await log.durable(through: log.acceptedHead) }
    }

    /// A pool of 8 browsers with 2 lanes each that has work all the time; one browser in a thousand runs and one
    /// launch in a hundred fails, and one report in a thousand comes twice.
    public static func simulated(tasks: Int) throws -> SimulationResult {
        var random = SplitMix64(seed: 1)
        var configuration = SimulationConfiguration(
            seed: 1, policy: PoolPolicy(maxConnections: 8, warmBrowsers: 2, lanesPerBrowser: 2),
            workload: workload(of: tasks, from: &random), faults: FaultPlan())
        configuration.faults.launchFailsPerMille = 10
        configuration.faults.browserFailsPerMille = 1
        configuration.faults.reportRepeatedPerMille = 1
        configuration.faults.endsAtMs = configuration.workload.tasks.last?.atMs ?? 0
        let result = Simulation(configuration).run()
        if let violation = result.violations.first { throw BenchmarkError("\(violation)") }
        guard result.isQuiescent else { throw BenchmarkError("the simulated pool did not end its tasks") }
        return result
    }

    /// Tasks that come at the pace at which the pool can just run them.
    private static func workload(of tasks: Int, from random: inout SplitMix64) -> Workload {
        var planned: [PlannedTask] = []
        planned.reserveCapacity(tasks)
        var atMs: UInt64 = 0
        while planned.count < tasks {
            for var task in Workload.drawn(from: &random).tasks {
                atMs += random.within(50...350)
                task.atMs = atMs
                planned.append(task)
            }
        }
        return Workload(tasks: planned)
    }
}
