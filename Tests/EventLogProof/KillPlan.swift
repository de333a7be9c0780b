import EventLog
import Glibc
import Synchronization

/// When a writing process is killed.
enum KillPlan {
    enum Moment: String, CaseIterable {
        case before
        /// A write reaches the file only in part.
        case during
        case after
    }

    /// From outside, so many microseconds after the start, or after the first acknowledgement.
    case instant(microseconds: UInt32, afterAcknowledgement: Bool)
    /// From inside, at the n-th writing or flushing call on a file of the log.
    case call(Int, Moment)
    /// From inside, when a named point is reached for the n-th time.
    case point(String, Int)

    static func drawn(_ dice: inout Dice) -> KillPlan {
        switch dice.number(1...4) {
        case 1:
            return .instant(
                microseconds: UInt32(dice.number(0...40000)), afterAcknowledgement: dice.once(in: 2))
        case 2:
            let point = CommitPoint.allCases.randomElement(using: &dice) ?? .begun
            return .point(point.rawValue, dice.number(1...40))
        case 3:
            let point = LifeCyclePoint.allCases.randomElement(using: &dice) ?? .backupBegun
            return .point(point.rawValue, dice.number(1...2))
        default: break
        }
        // The first dozen calls create the log.
        let moment = Moment.allCases.randomElement(using: &dice) ?? .before
        return .call(dice.number(1...dice.number(20...300)), moment)
    }

    /// As an argument of the child, which has nothing to do for a kill from outside.
    var text: String {
        switch self {
        case .instant: "outside"
        case .call(let number, let moment): "\(moment.rawValue):\(number)"
        case .point(let point, let number): "\(point):\(number)"
        }
    }

    /// How many steps each task of the child appends: a life-cycle point is reached by operations, and not by steps.
    var steps: Int {
        if case .point(let point, _) = self, LifeCyclePoint(rawValue: point) != nil { 15 } else { 100 }
    }

    /// How the table names it.
    var name: String {
        switch self {
        case .instant: "killed at any instant"
        case .call(_, let moment): "killed \(moment.rawValue) a call"
        case .point(let point, _): "killed at \(point)"
        }
    }

    /// What to do at a named point, if the text says so.
    static func action(_ text: String) -> (@Sendable (String) -> Void)? {
        let fields = text.split(separator: ":")
        guard fields.count == 2, let count = Int(fields[1]) else { return nil }
        let fatal = String(fields[0])
        let reached = Mutex(0)
        return { point in
            guard point == fatal else { return }
            let number = reached.withLock { reached in
                reached += 1
                return reached
            }
            if number == count { kill(getpid(), SIGKILL) }
        }
    }
}

/// Kills its own process at one of its calls.
final class KillingDisk: DiskWatcher {
    private let moment: KillPlan.Moment
    private let callNumber: Int
    private let calls = Atomic(0)
    private let isDue = Atomic(false)

    init?(_ text: String) {
        let fields = text.split(separator: ":")
        guard fields.count == 2, let moment = KillPlan.Moment(rawValue: String(fields[0])),
            let number = Int(fields[1])
        else { return nil }
        self.moment = moment
        callNumber = number
    }

    func before(_ call: DiskCall) -> DiskAnswer {
        guard calls.add(1, ordering: .relaxed).newValue == callNumber else { return .forwarded }
        if moment == .before { kill(getpid(), SIGKILL) }
        isDue.store(true, ordering: .sequentiallyConsistent)
        // The kernel ends a write that a signal interrupts at a page's border.
        return moment == .during ? DiskAnswer(bytesLimit: call.byteCount / 2 / 4096 * 4096) : .forwarded
    }

    func after(_ call: DiskCall, reached: Int) {
        if isDue.load(ordering: .sequentiallyConsistent) { kill(getpid(), SIGKILL) }
    }
}
