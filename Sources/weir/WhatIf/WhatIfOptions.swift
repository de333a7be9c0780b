import ArgumentParser

/// What `weir what-if` is asked to do.
struct WhatIfOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "JSON file of a pool's configuration, laid over the recorded one.", valueName: "file"))
    var policy: String

    @Option(
        name: .long, help: "Model so many times, with other draws each, and show the ranges (default: 1).")
    var runs: Int = 1

    @Option(name: .long, help: "What was not recorded is drawn from it (default: 1).")
    var seed: UInt64 = 1

    @Option(name: .long, help: ArgumentHelp("New folder for the modelled log.", valueName: "dir"))
    var save: String?

    static let runLimit = 1_000

    /// The seeds that are run.
    var seeds: ClosedRange<UInt64> {
        get throws(UsageError) {
            guard (1...Self.runLimit).contains(runs) else {
                throw UsageError("--runs is \(runs); allowed is 1 to \(Self.runLimit)")
            }
            guard seed <= UInt64.max - UInt64(runs) else {
                throw UsageError("--seed is \(seed), which leaves no room for --runs \(runs)")
            }
            return seed...(seed + UInt64(runs) - 1)
        }
    }
}
