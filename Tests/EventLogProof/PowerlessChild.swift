import EventLog
import Glibc

/// The child that appends until the power of its simulated disk fails.
struct PowerlessChild {
    private let root: String
    private let path: String
    private let workload: Workload
    private let epoch: UInt64
    private let tasks: Int
    private let steps: Int
    private let operations: Int
    private let acknowledgesEarly: Bool
    private let disk: ShadowDisk
    private let faults = FailingDisk()
    private var dice: Dice

    init(_ arguments: Arguments, seed: UInt64) {
        root = arguments.text("--folder") ?? ""
        path = root + "/log"
        workload = Workload(seed: seed)
        epoch = arguments.number("--epoch") ?? 0
        tasks = arguments.count("--tasks", default: 1)
        steps = arguments.count("--steps", default: 1)
        operations = arguments.count("--operations", default: 0)
        let breaking = arguments.text("--break").flatMap(Breaking.init)
        acknowledgesEarly = breaking == .acknowledgeEarly
        dice = Dice(seed, epoch)
        disk = ShadowDisk(
            root: root, image: arguments.text("--image") ?? "",
            cut: ShadowDisk.Cut(
                callNumber: arguments.count("--cut", default: 1), isAfterCall: dice.once(in: 2)),
            ignoresFlush: breaking == .ignoreFlush, faults: faults, dice: Dice(seed, epoch, 1))
        disk.watch(root)
    }

    mutating func run() async throws {
        let failsBefore = dice.once(in: 3)
        if failsBefore { await failBefore() }
        let log = try EventLog.open(at: path)
        // From here on the log promises what it has as durable, whatever happened to it before.
        if failsBefore {
            say("ended \(log.durableHead)")
            if dice.once(in: 3) { disk.cutNow() }
        }
        let epoch = failsBefore ? epoch + 1 : epoch
        let appender = Appender(log, workload, epoch: epoch, acknowledgesEarly: acknowledgesEarly)
        let lifeCycle = LifeCycle(log, in: root, epoch: epoch)
        await lifeCycle.run(operations: operations) { [tasks, steps] in
            await appender.run(tasks: tasks, steps: steps)
        }
        if let failure = appender.answers.failures.first ?? lifeCycle.failures.first { throw failure }
        if let violation = appender.answers.violation { throw Violation(violation) }
        disk.cutNow()
    }

    /// An epoch that ends by a failure of the disk and not by the power cut, if it comes so far.
    private mutating func failBefore() async {
        faults.fail(FaultPlan.drawn(&dice))
        defer { faults.mend() }
        guard let log = try? EventLog.open(at: path) else { return }
        defer { log.close() }
        let appender = Appender(log, workload, epoch: epoch, acknowledgesEarly: acknowledgesEarly)
        let tasks = dice.number(1...3)
        await LifeCycle(log, in: root, epoch: epoch).run(operations: dice.number(0...2)) {
            await appender.run(tasks: tasks, steps: 10)
        }
    }
}
