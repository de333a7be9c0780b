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

    @Option(
        name: .long,
        help: "Folder for the log of one run, or with --runs for the smallest log of the first that fails.")
    var log: String?

    /// How many tasks there are in each world that strategies are compared over.
    var comparedTasks: Int {
        get throws(UsageError) {
            let count = tasks ?? 150
            guard (1...SimulateRequest.taskLimit).contains(count) else {
                throw UsageError("--tasks is \(count); allowed is 1 to \(SimulateRequest.taskLimit)")
            }
            return count
        }
    }

    /// The seeds that strategies are compared over; the comparison has browsers and faults of its own.
    var comparedSeeds: ClosedRange<UInt64> {
        get throws(UsageError) {
            let flag = compareAdaptive ? "--compare-adaptive" : "--compare-strategies"
            if compareAdaptive, compareStrategies {
                throw UsageError(
                    "--compare-adaptive and --compare-strategies are given; allowed is one of them")
            }
            let others: [(name: String, isGiven: Bool)] = [
                ("--tasks", tasks != nil && !compareAdaptive), ("--browsers", browsers != nil),
                ("--faults", faults != nil),
                ("--config", config != nil), ("--lmdb-runs", lmdbRuns != nil), ("--log", log != nil),
            ]
            if let other = others.first(where: \.isGiven) {
                let taken = compareAdaptive ? "--seed, --runs and --tasks" : "--seed and --runs"
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
}
