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

    @Option(
        name: .long,
        help: "Folder for the log of one run, or with --runs for the smallest log of the first that fails.")
    var log: String?
}
