import EventLog
import Glibc

/// The child that appends until it is killed, or has appended all.
struct WritingChild {
    private let folder: String
    private let workload: Workload
    private let epoch: UInt64
    private let tasks: Int
    private let steps: Int
    private let operations: Int
    private let disk: KillingDisk?
    private let onPoint: (@Sendable (String) -> Void)?
    private let acknowledgesEarly: Bool

    init(_ arguments: Arguments, seed: UInt64) {
        folder = arguments.text("--folder") ?? ""
        workload = Workload(seed: seed)
        epoch = arguments.number("--epoch") ?? 0
        tasks = arguments.count("--tasks", default: 1)
        steps = arguments.count("--steps", default: 1)
        operations = arguments.count("--operations", default: 0)
        disk = arguments.text("--kill").flatMap { KillingDisk($0) }
        onPoint = arguments.text("--kill").flatMap { KillPlan.action($0) }
        acknowledgesEarly = arguments.text("--break") == Breaking.acknowledgeEarly.rawValue
    }

    func run() async throws {
        disk?.watch(folder)
        var options = EventLog.Options()
        if let onPoint {
            options.onCommitPoint = { onPoint($0.rawValue) }
            options.onLifeCyclePoint = { onPoint($0.rawValue) }
        }
        let log = try EventLog.open(at: folder + "/log", options: options)
        let appender = Appender(log, workload, epoch: epoch, acknowledgesEarly: acknowledgesEarly)
        let lifeCycle = LifeCycle(log, in: folder, epoch: epoch)
        await lifeCycle.run(operations: operations) { await appender.run(tasks: tasks, steps: steps) }
        log.close()
        if let failure = appender.answers.failures.first ?? lifeCycle.failures.first { throw failure }
        if let violation = appender.answers.violation { throw Violation(violation) }
    }
}
