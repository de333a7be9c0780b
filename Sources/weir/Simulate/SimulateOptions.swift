import ArgumentParser

/// What `weir simulate` is asked to do.
struct SimulateOptions: ParsableArguments {
    @Option(name: .long, help: "Everything is drawn from it (default: 1).")
    var seed: UInt64?

    @Option(name: .long, help: "Tasks that are submitted (default: drawn, 1 to 16).")
    var tasks: Int?

    @Option(name: .long, help: "Browsers that the pool may have (default: drawn, 1 to 4).")
    var browsers: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("none, drawn, all, or a JSON file (default: drawn).", valueName: "plan"))
    var faults: String?

    @Option(name: .long, help: "JSON file of the pool's configuration (default: drawn).")
    var config: String?

    @Option(name: .long, help: "Run so many seeds from this one on, on all cores, and sum up.")
    var runs: Int?

    @Option(name: .long, help: "How many of these runs use a log on disk, which is removed (default: 0).")
    var lmdbRuns: Int?

    @Flag(
        name: .long, help: "Compare how long the recovery strategies take, over --runs seeds (default: 20).")
    var compareStrategies = false

    @Flag(
        name: .long, help: "Compare the adaptive strategy with the others, over --runs worlds (default: 20).")
    var compareAdaptive = false

    @Flag(
        name: .long,
        help: "Compare what predicting failures is worth, over --runs worlds (default: 20).")
    var comparePredictions = false

    @Option(
        name: .long,
        help: "Folder for the log of one run, or with --runs for the smallest log of the first that fails.")
    var log: String?

    /// What is compared instead of one simulation or a campaign.
    var comparison: Comparison? {
        get throws(UsageError) {
            let asked = [
                compareStrategies ? Comparison.strategies : nil, compareAdaptive ? .adaptive : nil,
                comparePredictions ? .predictions : nil,
            ].compactMap(\.self)
            guard asked.count <= 1 else {
                let flags = asked.map(\.flag).joined(separator: " and ")
                throw UsageError("\(flags) are given; allowed is one of them")
            }
            return asked.first
        }
    }

    /// What can be compared over seeds.
    enum Comparison: String {
        case strategies
        case adaptive
        case predictions

        var flag: String { "--compare-\(rawValue)" }
        /// Tasks in each world; nil where that is not to be chosen.
        var tasks: Int? {
            switch self {
            case .strategies: nil
            case .adaptive: 150
            case .predictions: 400
            }
        }
    }

    /// How many tasks there are in each world that is compared over.
    func tasks(of comparison: Comparison) throws(UsageError) -> Int {
        let count = tasks ?? comparison.tasks ?? 1
        guard (1...SimulateRequest.taskLimit).contains(count) else {
            throw UsageError("--tasks is \(count); allowed is 1 to \(SimulateRequest.taskLimit)")
        }
        return count
    }

    /// The seeds that are compared over; a comparison has browsers and faults of its own.
    func seeds(of comparison: Comparison) throws(UsageError) -> ClosedRange<UInt64> {
        let flag = comparison.flag
        let others: [(name: String, isGiven: Bool)] = [
            ("--tasks", tasks != nil && comparison.tasks == nil), ("--browsers", browsers != nil),
            ("--faults", faults != nil),
            ("--config", config != nil), ("--lmdb-runs", lmdbRuns != nil), ("--log", log != nil),
        ]
        if let other = others.first(where: \.isGiven) {
            let taken = comparison.tasks == nil ? "--seed and --runs" : "--seed, --runs and --tasks"
            throw UsageError("\(other.name) is given with \(flag), which takes \(taken) only")
        }
        let (first, count) = (seed ?? 1, runs ?? 20)
        guard (1...10_000).contains(count) else {
            throw UsageError("--runs is \(count); allowed with \(flag) is 1 to 10000")
        }
        guard first <= UInt64.max - UInt64(count) else {
            throw UsageError("--seed is \(first), which leaves no room for --runs \(count)")
        }
        return first...(first + UInt64(count) - 1)
    }
}
