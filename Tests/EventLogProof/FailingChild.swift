import EventLog
import Glibc

/// The child that appends to one log while its disk fails, once for each round, and reopens the log each time.
///
/// It says what it counts, and each round's end of the log, so that the parent can check the log once more.
struct FailingChild {
    private let folder: String
    private let path: String
    private let rounds: Int
    private let breaking: Breaking?
    private let disk = FailingDisk()
    private var dice: Dice
    private var model: LogModel

    init(_ arguments: Arguments, seed: UInt64) {
        folder = arguments.text("--folder") ?? ""
        path = folder + "/log"
        rounds = arguments.count("--count", default: 1)
        breaking = arguments.text("--break").flatMap(Breaking.init)
        dice = Dice(seed)
        model = LogModel(workload: Workload(seed: seed))
    }

    mutating func run() async throws {
        disk.watch(folder)
        for round in 0..<rounds {
            var plan = FaultPlan.drawn(&dice)
            if breaking == .loseWrite { plan.kind = .lostWrite }
            // A reader that stays open keeps the file open in this process, over the failure and the reopening.
            let reader = round > 0 && dice.once(in: 3) ? try EventLog.openForReading(at: path) : nil
            defer { reader?.close() }
            do {
                let outcome = try await appendUntilFailure(plan)
                try await reopen(outcome)
                if let reader, try reader.head() < model.head {
                    throw Violation("a reader that stayed open sees only \(try reader.head()) records")
                }
                say("tally \(plan.kind.rawValue): \(outcome.name)")
            } catch {
                throw Violation("round \(round), reader open: \(reader != nil), \(plan): \(error)")
            }
        }
    }

    /// What the log answered in a round.
    private enum Outcome {
        case refusedToOpen
        case failed(Appender.Answers, LifeCycleAnswers)
        /// What failed was a snapshot, a backup, a retirement's archive or the room behind the pages, and the log went on.
        case failedBeside(Appender.Answers, LifeCycleAnswers)
        case neverMet(Appender.Answers, LifeCycleAnswers)

        var answers: (Appender.Answers, LifeCycleAnswers)? {
            switch self {
            case .refusedToOpen: nil
            case .failed(let answers, let others), .failedBeside(let answers, let others),
                .neverMet(let answers, let others):
                (answers, others)
            }
        }

        var name: String {
            switch self {
            case .refusedToOpen: "opening refused"
            case .failed: "commit failed"
            case .failedBeside: "the log went on"
            case .neverMet: "never met"
            }
        }
    }

    private mutating func appendUntilFailure(_ plan: FaultPlan) async throws -> Outcome {
        disk.fail(plan)
        defer { disk.mend() }
        let log: EventLog
        do throws(EventLogError) {
            log = try EventLog.open(at: path)
        } catch {
            guard disk.hits > 0 else { throw error }
            return .refusedToOpen
        }
        defer { log.close() }
        let appender = Appender(
            log, model.workload, epoch: model.epoch,
            acknowledgesEarly: breaking == .acknowledgeEarly)
        let lifeCycle = LifeCycle(log, in: folder, epoch: model.epoch)
        let tasks = dice.number(1...5)
        await lifeCycle.run(operations: dice.number(0...5)) { await appender.run(tasks: tasks, steps: 20) }
        var answers = appender.answers
        let others = lifeCycle.answers
        if let violation = answers.violation { throw Violation(violation) }
        guard disk.hitsBeyondRoom > 0 else {
            if let failure = answers.failures.first ?? lifeCycle.failures.first {
                throw Violation("nothing failed that the log needs, but it said \(failure)")
            }
            return disk.hits > 0 ? .failedBeside(answers, others) : .neverMet(answers, others)
        }
        if answers.failures.isEmpty, !lifeCycle.failures.isEmpty { return .failedBeside(answers, others) }
        if answers.failures.isEmpty, let failure = await lazyFailure(log) { answers.failures = [failure] }
        if breaking != .loseWrite { try checkFailures(answers, log) }
        // Lazy steps are durable without an answer; they were promised all the same.
        guard (answers.acknowledged...answers.submitted).contains(log.durableHead) else {
            throw Violation(
                "\(answers.acknowledged) was acknowledged, but the durable head is \(log.durableHead)")
        }
        answers.acknowledged = log.durableHead
        return .failed(answers, others)
    }

    /// What a commit of nothing but lazy steps failed with: nobody waited for these, so the log has to be asked.
    private func lazyFailure(_ log: EventLog) async -> EventLogError? {
        do throws(EventLogError) {
            _ = try await log.durable(through: log.acceptedHead)
            return nil
        } catch {
            return error
        }
    }

    /// A log that failed says so once and for all.
    private func checkFailures(_ answers: Appender.Answers, _ log: EventLog) throws {
        guard let failure = answers.failures.first else {
            throw Violation("the disk failed, but the log acknowledged everything")
        }
        guard case .writingFailed = failure, answers.failures.allSatisfy({ $0 == failure }) else {
            throw Violation("the log answered \(Set(answers.failures)), and not the one that writing failed")
        }
        let refusal: EventLogError?
        do throws(EventLogError) {
            try log.submit(Step(records: [[1]])) { _ in }
            refusal = nil
        } catch {
            refusal = error
        }
        guard refusal == failure else {
            throw Violation("after the failure a step was answered by \(String(describing: refusal))")
        }
    }

    /// Opens the log again in this process, compares it with the model, and goes on behind it.
    private mutating func reopen(_ outcome: Outcome) async throws {
        let log = try EventLog.open(at: path)
        defer { log.close() }
        let (answers, others) = outcome.answers ?? (Appender.Answers(head: model.head), LifeCycleAnswers())
        try model.endEpoch(
            log.reader, acknowledged: answers.acknowledged, submitted: answers.submitted, others)
        try LogRemains.requireNone(in: path, base: model.base)
        var tally = Tally()
        try model.checkBackups(in: folder, of: log.reader, others, &tally)
        say("ended \(model.head)")
        if model.head > answers.acknowledged { say("tally steps kept without acknowledgement") }
        try EventLogVerifier.requireSound(path, head: model.head, base: model.base)
        try await model.append(steps: 2, to: log)
        say("ended \(model.head)")
    }
}
