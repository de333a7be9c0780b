import EventLog
import Glibc
import Synchronization

/// Keeps snapshots of a log, backs it up and retires its records, while others append to it.
final class LifeCycle: Sendable {
    /// What is done, and how a process says that it begins and that it has finished.
    enum Operation: String, CaseIterable {
        case snapshot
        case backup
        case retirement

        var begins: String { "begins-" + rawValue }
        var finished: String { "finished-" + rawValue }
    }

    private let log: EventLog
    private let folder: String
    private let epoch: UInt64
    private let isAppending = Atomic(true)
    private let state = Mutex((said: LifeCycleAnswers(), failures: [EventLogError]()))

    /// - Parameter folder: where the log's folder lies and its backups are to.
    init(_ log: EventLog, in folder: String, epoch: UInt64) {
        self.log = log
        self.folder = folder
        self.epoch = epoch
    }

    /// What was begun and finished.
    var answers: LifeCycleAnswers { state.withLock { $0.said } }
    var failures: [EventLogError] { state.withLock { $0.failures } }

    /// Runs `body`, and meanwhile so many operations, each after some more records.
    func run(operations: Int, _ body: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await body()
                self.isAppending.store(false, ordering: .relaxed)
            }
            group.addTask { await self.keep(operations: operations) }
            group.addTask { await self.backUp(operations: operations / 2) }
        }
    }

    private func keep(operations: Int) async {
        var dice = Dice(epoch, 100)
        for _ in 0..<operations where failures.isEmpty {
            await waitForRecords(dice.number(1...60))
            let position = log.durableHead - min(UInt64(dice.number(0...30)), log.durableHead)
            let retires = dice.once(in: 2)
            attempt { () throws in
                let base = try log.reader.base()
                let end = try log.reader.commitEnd(atOrBefore: position)
                guard end > base else { return }
                try perform(.snapshot, end) {
                    try log.reader.fold(RunningDigest.self, through: end).save(in: log.reader)
                }
                if retires { try perform(.retirement, end) { _ = try log.retire(through: end) } }
            }
        }
    }

    private func backUp(operations: Int) async {
        var dice = Dice(epoch, 101)
        for number in 0..<UInt64(operations) where failures.isEmpty {
            await waitForRecords(dice.number(1...120))
            let number = epoch * 1000 + number
            attempt { () throws in
                try perform(.backup, number) {
                    _ = try log.reader.backUp(to: LifeCycleAnswers.backup(number, in: folder))
                }
            }
        }
    }

    /// Waits until so many more records are durable, or no more come. Waiting on the log itself would hasten lazy steps.
    private func waitForRecords(_ count: Int) async {
        let wanted = log.durableHead + UInt64(count)
        while log.durableHead < wanted, isAppending.load(ordering: .relaxed) {
            try? await Task.sleep(nanoseconds: 200_000)
        }
    }

    private func perform(_ operation: Operation, _ number: UInt64, _ body: () throws -> Void) throws {
        note("\(operation.begins) \(number)")
        try body()
        note("\(operation.finished) \(number)")
    }

    private func note(_ line: String) {
        state.withLock { $0.said.take([line]) }
        say(line)
    }

    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch let error as EventLogError {
            state.withLock { $0.failures.append(error) }
        } catch {
            preconditionFailure("unexpected error \(error)")
        }
    }
}

/// What a process said of its snapshots, backups and retirements.
struct LifeCycleAnswers {
    private var begun: [LifeCycle.Operation: [UInt64]] = [:]
    private var finished: [LifeCycle.Operation: [UInt64]] = [:]

    init(_ lines: [String] = []) {
        take(lines)
    }

    mutating func take(_ lines: [String]) {
        for said in lines.compactMap({ Said($0) }) {
            for operation in LifeCycle.Operation.allCases {
                if said.word == operation.begins { begun[operation, default: []].append(said.number) }
                if said.word == operation.finished { finished[operation, default: []].append(said.number) }
            }
        }
    }

    func begun(_ operation: LifeCycle.Operation) -> [UInt64] { begun[operation] ?? [] }

    func finished(_ operation: LifeCycle.Operation) -> [UInt64] { finished[operation] ?? [] }

    /// Where a backup is put.
    static func backup(_ number: UInt64, in folder: String) -> String { folder + "/backup-\(number)" }
}

extension Tally {
    /// Counts what was finished, and what was hit on its way.
    mutating func add(_ answers: LifeCycleAnswers) {
        for operation in LifeCycle.Operation.allCases {
            let finished = answers.finished(operation).count
            add("\(operation.rawValue)s finished", finished)
            add("\(operation.rawValue)s hit", answers.begun(operation).count - finished)
        }
    }
}
