import Foundation
import Pool
import PoolSimulator

/// What `weir simulate` was asked to do, checked before anything is run.
struct SimulateRequest: Sendable {
    let seed: UInt64
    /// How many runs are summed up; nil for a single one.
    let runs: Int?
    let lmdbRuns: Int
    private let tasks: Int?
    private let browsers: UInt32?
    private let policy: PoolPolicy?
    private let faults: FaultChoice
    /// The options that a simulation follows from, but for the seed, as they were given.
    private let given: [String]

    static let taskLimit = 10_000
    static let runLimit = 100_000_000

    init(_ options: SimulateOptions) throws(UsageError) {
        seed = options.seed ?? 1
        func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws(UsageError) {
            guard let value, !range.contains(value) else { return }
            throw UsageError("\(name) is \(value); allowed is \(range.lowerBound) to \(range.upperBound)")
        }
        try check("--tasks", options.tasks, 1...Self.taskLimit)
        try check("--browsers", options.browsers, 1...Int(PoolPolicy.connectionLimit))
        try check("--runs", options.runs, 1...Self.runLimit)
        if options.lmdbRuns != nil, options.runs == nil {
            throw UsageError("--lmdb-runs is given without --runs; for the log of a single run, give --log")
        }
        try check("--lmdb-runs", options.lmdbRuns, 0...(options.runs ?? 0))
        guard seed <= UInt64.max - UInt64(options.runs ?? 1) else {
            throw UsageError("--seed is \(seed), which leaves no room for --runs \(options.runs ?? 1)")
        }
        runs = options.runs
        lmdbRuns = options.lmdbRuns ?? 0
        tasks = options.tasks
        browsers = options.browsers.map(UInt32.init)
        faults = try Self.faults(options.faults ?? "drawn")
        var policy: PoolPolicy?
        if let path = options.config { policy = try ConfigFile(path: path, defaults: PoolPolicy()).policy }
        if let browsers, policy != nil { policy?.maxConnections = browsers }
        self.policy = policy
        let values = [
            ("--tasks", options.tasks.map(String.init)), ("--browsers", options.browsers.map(String.init)),
            ("--faults", options.faults), ("--config", options.config),
        ]
        given = values.flatMap { name, value in value.map { [name, $0] } ?? [] }
    }

    private static func faults(_ name: String) throws(UsageError) -> FaultChoice {
        switch name {
        case "none": return .none
        case "drawn": return .drawn
        case "all": return .all
        default:
            guard FileManager.default.fileExists(atPath: name) else {
                throw UsageError(
                    "--faults is \(name); allowed are none, drawn, all, and the path of a JSON file")
            }
            return .given(try FaultsFile.read(name))
        }
    }

    func configuration(seed: UInt64) -> SimulationConfiguration {
        .drawn(seed: seed, tasks: tasks, browsers: browsers, policy: policy, faults: faults)
    }

    /// Whether the run of a seed is one of those that use a log on disk: they are spread evenly over all.
    func usesDisk(_ seed: UInt64) -> Bool {
        let (index, runs, disk) = (seed - self.seed, UInt64(runs ?? 1), UInt64(lmdbRuns))
        return (index + 1) * disk / runs > index * disk / runs
    }

    /// The command that runs the simulation of a seed again.
    func command(seed: UInt64, log: String? = nil) -> String {
        let words = ["weir", "simulate", "--seed", "\(seed)"] + given + (log.map { ["--log", $0] } ?? [])
        return words.map(Self.quoted).joined(separator: " ")
    }

    /// A word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: ":"):
                    true
                default: false
                }
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
