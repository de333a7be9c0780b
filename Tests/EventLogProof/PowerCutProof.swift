import EventLog
import Glibc

/// Cuts the power under a writing process, and compares what the disk then holds with what was acknowledged.
struct PowerCutProof: Proof {
    static let command = "power-cuts"
    static let roundsPerLog = 10

    private(set) var tally = Tally()
    private let breaking: Breaking?

    init(breaking: Breaking?) {
        self.breaking = breaking
    }

    /// Rounds follow upon each other on what the disk kept.
    mutating func prove(in folder: String, rounds: Int, _ dice: Dice) async throws {
        var dice = dice
        var model = LogModel(workload: Workload(seed: dice.next()))
        mkdir(folder + "/disk-0", 0o755)
        for round in 0..<rounds {
            let disk = folder + "/disk-\(round)"
            let image = folder + "/disk-\(round + 1)"
            do {
                // The first calls create the log.
                let calls = round == 0 ? 16 : dice.number(10...500)
                let lines = try runUntilPowerCut(
                    disk, image, model, calls: dice.number(1...calls), &dice)
                tally.add("power cuts")
                for said in lines.compactMap({ Said($0) }) where said.word == "ended" {
                    tally.add("cut after a failure of the disk")
                    model.append(through: said.number)
                }
                try await check(image, &model, lines)
            } catch {
                throw Violation("round \(round): \(error)")
            }
            FileTree.remove(disk)
        }
        tally.add("records", Int(model.head))
    }

    /// Gives what the writer had said when the power failed.
    private func runUntilPowerCut(
        _ disk: String, _ image: String, _ model: LogModel, calls: Int, _ dice: inout Dice
    ) throws -> [String] {
        var arguments = [
            "lose-power", "--folder", disk, "--image", image, "--seed", "\(model.workload.seed)", "--epoch",
            "\(model.epoch)", "--tasks", "\(dice.number(1...6))", "--steps", "\(dice.number(1...40))",
            "--operations", "\(dice.number(0...6))", "--cut", "\(calls)",
        ]
        if let breaking { arguments += ["--break", breaking.rawValue] }
        let (lines, ending) = try ChildProcess(arguments).finish()
        guard ending == .exited(0) else {
            throw Violation("the writer ended as \(ending) and said \(lines.last ?? "nothing")")
        }
        return lines
    }

    private mutating func check(
        _ disk: String, _ model: inout LogModel, _ lines: [String]
    ) async throws {
        let path = disk + "/log"
        let acknowledged = ChildProcess.acknowledged(lines)
        let answers = LifeCycleAnswers(lines)
        tally.add(answers)
        let isEmpty = max(acknowledged, model.head) == 0
        if isEmpty { tally.add("cut before the first acknowledgement") }
        let log = try EventLog.open(at: path)
        defer { log.close() }
        let before = model.head
        try model.endEpoch(log.reader, acknowledged: acknowledged, answers)
        try LogRemains.requireNone(in: path, base: model.base)
        try model.checkBackups(in: disk, of: log.reader, answers, &tally)
        if model.head > max(acknowledged, before) { tally.add("more durable than acknowledged") }
        try EventLogVerifier.requireSound(path, head: model.head, base: model.base)
        try await model.append(steps: 2, to: log)
        try EventLogVerifier.requireSound(path, head: model.head, base: model.base)
    }
}
