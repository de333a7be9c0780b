import EventLog
import Glibc

/// The child that appends until the power of its simulated disk fails.
struct PowerlessChild {
    private let path: String
    private let workload: Workload
    private let epoch: UInt64
    private let tasks: Int
    private let steps: Int
    private let acknowledgesEarly: Bool
    private let disk: ShadowDisk

    init(_ arguments: Arguments, seed: UInt64) {
        let root = arguments.text("--log") ?? ""
        path = root + "/log"
        workload = Workload(seed: seed)
        epoch = arguments.number("--epoch") ?? 0
        tasks = arguments.count("--tasks", default: 1)
        steps = arguments.count("--steps", default: 1)
        let breaking = arguments.text("--break").flatMap(Breaking.init)
        acknowledgesEarly = breaking == .acknowledgeEarly
        var dice = Dice(seed, epoch)
        disk = ShadowDisk(
            root: root, image: arguments.text("--image") ?? "",
            cut: ShadowDisk.Cut(
                callNumber: arguments.count("--cut", default: 1), isAfterCall: dice.once(in: 2)),
            ignoresFlush: breaking == .ignoreFlush, dice: dice)
        disk.watch(root)
    }

    func run() async throws {
        let log = try EventLog.open(at: path)
        let appender = Appender(log, workload, epoch: epoch, acknowledgesEarly: acknowledgesEarly)
        await appender.run(tasks: tasks, steps: steps)
        if let failure = appender.answers.failures.first { throw failure }
        if let violation = appender.answers.violation { throw Violation(violation) }
        disk.cutNow()
    }
}
