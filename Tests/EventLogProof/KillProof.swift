import EventLog
import Glibc

/// Kills a writing process time and again, and compares what the log then holds with what was acknowledged.
struct KillProof: Proof {
    static let command = "kills"
    static let roundsPerLog = 25

    private(set) var tally = Tally()
    private let breaking: Breaking?

    init(breaking: Breaking?) {
        self.breaking = breaking
    }

    mutating func prove(in folder: String, rounds: Int, _ dice: Dice) async throws {
        var dice = dice
        var model = LogModel(workload: Workload(seed: dice.next()))
        for round in 0..<rounds {
            let plan = KillPlan.drawn(&dice)
            do {
                let lines = try killWriter(in: folder, model, plan, &dice)
                tally.add("kills")
                tally.add(plan.name)
                try await check(folder, &model, lines, &dice)
            } catch {
                throw Violation("round \(round), \(plan): \(error)")
            }
        }
        tally.add("records", Int(model.head))
    }

    /// Runs a writer until it is killed; gives what it had said by then.
    private mutating func killWriter(
        in folder: String, _ model: LogModel, _ plan: KillPlan, _ dice: inout Dice
    ) throws -> [String] {
        var arguments = [
            "append", "--folder", folder, "--seed", "\(model.workload.seed)", "--epoch", "\(model.epoch)",
            "--tasks", "\(dice.number(1...6))", "--steps", "\(plan.steps)", "--operations",
            "\(dice.number(0...8))",
            "--kill", plan.text,
        ]
        if let breaking { arguments += ["--break", breaking.rawValue] }
        let child = try ChildProcess(arguments)
        var lines: [String] = []
        if case .instant(let microseconds, let afterAcknowledgement) = plan {
            if afterAcknowledgement, let line = try child.line() { lines.append(line) }
            usleep(microseconds)
            child.kill9()
        }
        let (rest, ending) = try child.finish()
        lines += rest
        switch ending {
        case .signalled(SIGKILL): break
        case .exited(0): tally.add("ended before the kill")
        default: throw Violation("the writer ended as \(ending) and said \(lines.last ?? "nothing")")
        }
        return lines
    }

    /// Opens the log by a reader first or by a writer at once, checks it, and appends some more.
    private mutating func check(
        _ folder: String, _ model: inout LogModel, _ lines: [String], _ dice: inout Dice
    ) async throws {
        let path = folder + "/log"
        let acknowledged = ChildProcess.acknowledged(lines)
        let answers = LifeCycleAnswers(lines)
        tally.add(answers)
        let readsFirst = dice.once(in: 2)
        let isMaybeMissing = max(acknowledged, model.head) == 0
        if readsFirst, let reader = try openedForReading(path, isMaybeMissing) {
            defer { reader.close() }
            tally.add("opened by a reader")
            var former = model
            try former.endEpoch(reader, acknowledged: acknowledged, answers)
            try EventLogVerifier.requireSound(path, head: former.head, base: former.base)
        }
        let log = try EventLog.open(at: path)
        defer { log.close() }
        tally.add("opened by a writer")
        let before = model.head
        try model.endEpoch(log.reader, acknowledged: acknowledged, answers)
        try LogRemains.requireNone(in: path, base: model.base)
        try model.checkBackups(in: folder, of: log.reader, answers, &tally)
        if model.head > max(acknowledged, before) { tally.add("more durable than acknowledged") }
        try await model.append(steps: 2, to: log)
        // The state that the reader saw was verified, and the next round may verify this one.
        if !readsFirst { try EventLogVerifier.requireSound(path, head: model.head, base: model.base) }
    }

    /// A reader; nil if the writer was killed before there was a log, which is only right if nothing is to be in it.
    private mutating func openedForReading(_ path: String, _ isMaybeMissing: Bool) throws -> EventLogReader? {
        do throws(EventLogError) {
            return try EventLog.openForReading(at: path)
        } catch {
            switch error {
            case .notFound, .notALog:
                guard isMaybeMissing else { throw error }
                tally.add("killed before there was a log")
                return nil
            default: throw error
            }
        }
    }
}
