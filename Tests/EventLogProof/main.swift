// Proofs of the event log's promises under kills, failing disks, power cuts and changed bytes.
import EventLog
import Glibc

let usage = """
    usage: EventLogProof COMMAND [--seed N] [--count N]

      kills       kill a writing process --count times, at any instant, call on the disk and named point
      faults      let writes and flushes of a writing process fail --count times
      power-cuts  cut the power of a simulated disk under a writing process --count times
      sweep       change every byte of a log's data file, or every --stride'th, one at a time

    In the first three the process also keeps snapshots, makes backups and retires records while it appends.
    Each prints what it counted, and ends with status 1 after the first violation, with the command that shows it
    again. --first-log N begins at the N-th log; --break acknowledge-early|ignore-flush|lose-write breaks the log
    or the disk on purpose, which has to be found.
    """

signal(SIGPIPE, SIG_IGN)
let arguments = Arguments(
    CommandLine.arguments,
    known: [
        "--seed", "--count", "--first-log", "--break", "--stride", "--log", "--folder", "--epoch", "--tasks",
        "--steps", "--operations",
        "--kill", "--image", "--cut", "--mode", "--first-case",
    ], usage: usage)
let seed = arguments.number("--seed") ?? UInt64.random(in: 0..<1_000_000)

do {
    switch arguments.command {
    case "kills": try await KillProof.run(arguments, seed: seed)
    case "faults": try await FaultProof.run(arguments, seed: seed)
    case "fail":
        var child = FailingChild(arguments, seed: seed)
        try await child.run()
    case "power-cuts": try await PowerCutProof.run(arguments, seed: seed)
    case "lose-power":
        var child = PowerlessChild(arguments, seed: seed)
        try await child.run()
    case "sweep":
        say("sweep, seed \(seed)")
        var proof = SweepProof(arguments, seed: seed)
        try await proof.run()
    case "change": try SweepChild(arguments).run()
    case "verify": EventLogVerifier.childMain(path: arguments.text("--log") ?? "")
    case "append": try await WritingChild(arguments, seed: seed).run()
    default:
        say(usage)
        exit(64)
    }
} catch {
    say("VIOLATION: \(error)")
    exit(1)
}
