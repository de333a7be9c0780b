import Pool
import PoolEngine
import PoolSimulator

/// The records of one long simulated history, one after the other in memory as a scan of a log would hand them out.
struct EncodedLog {
    private(set) var bytes: [UInt8] = []
    /// Where each record begins, and where the last one ends.
    private(set) var bounds: [Int] = [0]
    private(set) var mix = Counts()
    /// The size of all records of a type, in bytes.
    private(set) var sizes = Counts()
    let virtualMs: UInt64

    var count: Int { bounds.count - 1 }

    /// Simulates a pool of 8 browsers with 2 lanes each that has work all the time, until enough tasks have ended.
    ///
    /// The tasks are those of the simulator's own workload; a few browsers, runs and reports in a thousand fail.
    init(seed: UInt64, tasks: Int) {
        var random = SplitMix64(seed: seed)
        var configuration = SimulationConfiguration(
            seed: seed, policy: PoolPolicy(maxConnections: 8, warmBrowsers: 2, lanesPerBrowser: 2),
            workload: Self.workload(of: tasks, from: &random), faults: FaultPlan())
        configuration.faults.launchFailsPerMille = 10
        configuration.faults.browserFailsPerMille = 1
        configuration.faults.runFailsPerMille = 1
        configuration.faults.reportRepeatedPerMille = 1
        configuration.faults.endsAtMs = configuration.workload.tasks.last?.atMs ?? 0
        let result = Simulation(configuration).run()
        precondition(result.isQuiescent, "the simulated history did not come to its end")
        virtualMs = result.summary.virtualMs
        mix = result.summary.events
        var next: UInt64 = 1
        while true {
            let records = result.log.read(from: next, limit: 1 << 16)
            if records.isEmpty { break }
            for record in records {
                bytes += record.bytes
                bounds.append(bytes.count)
                guard let event = try? Event(sequence: record.sequence, decoding: record.bytes) else {
                    preconditionFailure("a simulated record cannot be read")
                }
                sizes.add(event.payload.name.description, record.bytes.count)
            }
            next += UInt64(records.count)
        }
    }

    /// Tasks that come at the pace at which the pool can just run them.
    private static func workload(of tasks: Int, from random: inout SplitMix64) -> Workload {
        var planned: [PlannedTask] = []
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
