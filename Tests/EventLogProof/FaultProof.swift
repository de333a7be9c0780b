import EventLog

/// Lets writes and flushes fail under a log, and compares what it then holds with what it answered.
struct FaultProof: Proof {
    static let command = "faults"
    static let roundsPerLog = 10

    private(set) var tally = Tally()
    private let breaking: Breaking?

    init(breaking: Breaking?) {
        self.breaking = breaking
    }

    mutating func prove(in folder: String, rounds: Int, _ dice: Dice) async throws {
        var dice = dice
        let path = folder + "/log"
        let childSeed = dice.next()
        var arguments = ["fail", "--folder", folder, "--seed", "\(childSeed)", "--count", "\(rounds)"]
        if let breaking { arguments += ["--break", breaking.rawValue] }
        let (lines, ending) = try ChildProcess(arguments).finish()
        guard ending == .exited(0) else {
            let violation = lines.firstIndex { $0.hasPrefix("VIOLATION") }
            throw Violation(
                violation.map { lines[$0...].joined(separator: "\n") } ?? "the child ended as \(ending)")
        }
        tally.add("faults", rounds)
        for line in lines where line.hasPrefix("tally ") { tally.add(String(line.dropFirst(6))) }
        let answers = LifeCycleAnswers(lines)
        tally.add(answers)
        // Whatever the child had in memory is gone now.
        var model = LogModel(workload: Workload(seed: childSeed))
        for said in lines.compactMap({ Said($0) }) where said.word == "ended" {
            model.append(through: said.number)
        }
        let log = try EventLog.open(at: path)
        defer { log.close() }
        try model.endEpoch(log.reader, acknowledged: model.head, submitted: model.head, answers)
        try await model.append(steps: 2, to: log)
        try EventLogVerifier.requireSound(path, head: model.head, base: model.base)
        tally.add("records", Int(model.head))
    }
}
