import EventLog
import Glibc

/// The child that appends until it is killed, or has appended all.
struct WritingChild {
    private let path: String
    private let workload: Workload
    private let epoch: UInt64
    private let tasks: Int
    private let steps: Int
    private let disk: KillingDisk?
    private let onCommitPoint: (@Sendable (CommitPoint) -> Void)?
    private let acknowledgesEarly: Bool

    init(_ arguments: Arguments, seed: UInt64) {
        path = arguments.text("--log") ?? ""
        workload = Workload(seed: seed)
        epoch = arguments.number("--epoch") ?? 0
        tasks = arguments.count("--tasks", default: 1)
        steps = arguments.count("--steps", default: 1)
        disk = arguments.text("--kill").flatMap { KillingDisk($0) }
        onCommitPoint = arguments.text("--kill").flatMap { KillPlan.commitPointAction($0) }
        acknowledgesEarly = arguments.text("--break") == Breaking.acknowledgeEarly.rawValue
    }

    func run() async throws {
        disk?.watch(path)
        var options = EventLog.Options()
        options.onCommitPoint = onCommitPoint
        let log = try EventLog.open(at: path, options: options)
        let appender = Appender(log, workload, epoch: epoch, acknowledgesEarly: acknowledgesEarly)
        await appender.run(tasks: tasks, steps: steps)
        log.close()
        if let failure = appender.answers.failures.first { throw failure }
        if let violation = appender.answers.violation { throw Violation(violation) }
    }
}
