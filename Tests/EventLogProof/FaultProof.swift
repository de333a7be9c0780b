import EventLog

/// Lets writes and flushes fail under a log, and compares what it then holds with what it answered.
struct FaultProof {
    private let seed: UInt64
    private let count: Int
    private let firstLog: Int
    private let breaking: Breaking?
    private var tally = Tally()

    private static let roundsPerLog = 10

    init(_ arguments: Arguments, seed: UInt64) {
        self.seed = seed
        count = arguments.count("--count", default: 200)
        firstLog = arguments.count("--first-log", default: 0)
        breaking = arguments.text("--break").flatMap(Breaking.init)
    }

    mutating func run() async throws {
        var scratch = try Scratch()
        var left = count
        var number = firstLog
        while left > 0 {
            let log = scratch.path + "/log-\(number)"
            do {
                try await failDisk(of: log, number: number, rounds: min(left, Self.roundsPerLog))
            } catch {
                scratch.isKept = breaking == nil
                throw Violation(
                    "log \(number), \(error)\n  again: faults --seed \(seed) --first-log \(number) "
                        + "--count \(Self.roundsPerLog)\n  the log: \(log)")
            }
            FileTree.remove(log)
            left -= Self.roundsPerLog
            number += 1
        }
        tally.printed()
    }

    private mutating func failDisk(of path: String, number: Int, rounds: Int) async throws {
        var dice = Dice(seed, UInt64(number))
        let childSeed = dice.next()
        var arguments = ["fail", "--log", path, "--seed", "\(childSeed)", "--count", "\(rounds)"]
        if let breaking { arguments += ["--break", breaking.rawValue] }
        let (lines, ending) = try ChildProcess(arguments).finish()
        guard ending == .exited(0) else {
            let violation = lines.firstIndex { $0.hasPrefix("VIOLATION") }
            throw Violation(
                violation.map { lines[$0...].joined(separator: "\n") } ?? "the child ended as \(ending)")
        }
        tally.add("faults", rounds)
        for line in lines where line.hasPrefix("tally ") { tally.add(String(line.dropFirst(6))) }
        // Whatever the child had in memory is gone now.
        var model = LogModel(workload: Workload(seed: childSeed))
        for said in lines.compactMap({ Said($0) }) where said.word == "ended" {
            model.append(through: said.number)
        }
        let log = try EventLog.open(at: path)
        defer { log.close() }
        try model.endEpoch(log.reader, acknowledged: model.head, submitted: model.head)
        try await model.append(steps: 2, to: log)
        try EventLogVerifier.requireSound(path, head: model.head)
        tally.add("records", Int(model.head))
    }
}
