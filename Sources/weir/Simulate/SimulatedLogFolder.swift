import EventLog
import Foundation
import Pool
import PoolEngine
import PoolSimulator

/// A folder that gets the log of one simulation.
struct SimulatedLogFolder {
    let path: String

    /// - Parameter option: The option that names it.
    /// - Throws: `UsageError` when there is anything in the folder, or something else in its place.
    init(_ path: String, option: String = "--log") throws(UsageError) {
        self.path = path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        let contents = try? FileManager.default.contentsOfDirectory(atPath: path)
        guard isFolder.boolValue, contents?.isEmpty == true else {
            throw UsageError(
                "\(option) is \(path), which is there already; a simulation's log needs a folder of its own")
        }
    }

    /// Runs a simulation whose log stays in the folder. When that cannot be, nothing stays.
    ///
    /// - Parameter commitsEachStep: Whether the log's commits must be the same each time too, and with them its chain.
    func run(
        _ configuration: SimulationConfiguration, commitsEachStep: Bool = true
    ) throws -> SimulationResult {
        let simulation = Simulation(configuration)
        var options = EventLog.Options()
        options.logID = LogID(simulation.logID.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
        options.wallClockNanoseconds = { Simulation.beginning.nanoseconds }
        do {
            let log = try EventLog.open(at: path, options: options)
            defer { log.close() }
            return try simulation.run(through: LogEventStore(log), settlesEachStep: commitsEachStep)
        } catch let error as EventLogError {
            try? FileManager.default.removeItem(atPath: path)
            throw FailedError("the log at \(path) cannot be written: \(error)")
        } catch let error as StoreDifference {
            throw FailedError("the log at \(path), with seed \(configuration.seed): \(error)")
        }
    }
}

/// A folder for logs that are looked at once and removed. It is removed itself when it is closed.
struct TemporaryLogs: Sendable {
    private let root = FileManager.default.temporaryDirectory.appendingPathComponent(
        "weir-simulate-\(UUID().uuidString)"
    ).path

    func run(_ configuration: SimulationConfiguration) throws -> SimulationResult {
        let folder = try SimulatedLogFolder("\(root)/\(configuration.seed)")
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        return try folder.run(configuration, commitsEachStep: false)
    }

    func close() { try? FileManager.default.removeItem(atPath: root) }
}
