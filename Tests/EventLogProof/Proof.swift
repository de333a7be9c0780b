import Glibc

/// A harness that works on one log after another, each with dice of its own.
protocol Proof {
    /// The command that runs it.
    static var command: String { get }
    /// So many rounds follow upon each other on one log. Then a new log is begun, so that its creation is hit too and no
    /// round takes long.
    static var roundsPerLog: Int { get }

    var tally: Tally { get }

    init(breaking: Breaking?)

    /// Makes a log in an empty folder and proves rounds on it.
    mutating func prove(in folder: String, rounds: Int, _ dice: Dice) async throws
}

extension Proof {
    /// Proves `--count` rounds and prints what was counted. A violation names the command that shows it again.
    static func run(_ arguments: Arguments, seed: UInt64) async throws {
        say("\(command), seed \(seed)")
        let breaking = arguments.text("--break").flatMap(Breaking.init)
        var proof = Self(breaking: breaking)
        var scratch = try Scratch()
        var left = arguments.count("--count", default: 200)
        var number = arguments.count("--first-log", default: 0)
        while left > 0 {
            let folder = scratch.path + "/log-\(number)"
            mkdir(folder, 0o755)
            do {
                try await proof.prove(
                    in: folder, rounds: min(left, roundsPerLog), Dice(seed, UInt64(number)))
            } catch {
                scratch.isKept = breaking == nil
                throw Violation(
                    "log \(number), \(error)\n  again: \(command) --seed \(seed) --first-log \(number) "
                        + "--count \(roundsPerLog)\n  the log: \(folder)")
            }
            FileTree.remove(folder)
            left -= roundsPerLog
            number += 1
        }
        proof.tally.printed()
    }
}
