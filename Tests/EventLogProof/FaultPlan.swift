import Glibc
import Synchronization

/// What goes wrong on the disk, and when.
struct FaultPlan {
    enum Kind: String, CaseIterable {
        case diskFull = "write: no space"
        case writeError = "write: input/output error"
        case shortWrite = "write: cut short"
        case flushError = "flush: error, nothing flushed"
        case flushErrorAfterFlush = "flush: error, but flushed"
        case metaError = "meta page: error, nothing written"
        case metaErrorAfterWrite = "meta page: error, but written"
        /// A write to another file than LMDB's: blobs, the first mark of a writer.
        case otherFile = "other file: input/output error"
        case otherFlush = "other file: flush error"
        /// From then on every call on any file fails.
        case gone = "everything: input/output error"
        /// The same, but the first failure is a meta page's, which still reached the system's memory.
        case goneAfterMeta = "everything: from a meta page on"
        /// Broken on purpose: the program is told that all is well.
        case lostWrite = "write: lost in silence"

        /// Those that a sound log has to survive.
        static let honest = allCases.filter { $0 != .lostWrite }
    }

    var kind: Kind
    /// The fault meets the n-th call of its kind.
    var callNumber: Int
    /// Whether every later call of its kind fails too, until the log is closed.
    var persists: Bool

    static func drawn(_ dice: inout Dice) -> FaultPlan {
        let kind = Kind.honest.randomElement(using: &dice) ?? .diskFull
        return FaultPlan(
            kind: kind, callNumber: dice.number(1...dice.number(3...60)),
            persists: kind == .gone || kind == .goneAfterMeta || dice.once(in: 3))
    }

    /// Whether the call counts; `hasHit` once the fault has met one.
    fileprivate func applies(to call: DiskCall, hasHit: Bool) -> Bool {
        switch kind {
        case .diskFull, .writeError, .shortWrite: call.isOnDataFile && call.operation == .write
        // A page with records, and not the small remainder of a failed commit.
        case .lostWrite: call.isOnDataFile && call.operation == .write && call.byteCount >= 4096
        case .flushError, .flushErrorAfterFlush: call.isOnDataFile && call.operation == .flush
        case .metaError, .metaErrorAfterWrite: call.isOnDataFile && call.operation == .synchronousWrite
        case .otherFile: !call.isOnDataFile && call.operation == .write
        case .otherFlush: !call.isOnDataFile && call.operation == .flush
        case .gone: true
        case .goneAfterMeta: hasHit || call.isOnDataFile && call.operation == .synchronousWrite
        }
    }

    fileprivate func answer(to call: DiskCall, hasHit: Bool) -> DiskAnswer {
        switch kind {
        case .goneAfterMeta: DiskAnswer(bytesLimit: hasHit ? 0 : .max, error: EIO)
        case .diskFull: DiskAnswer(bytesLimit: 0, error: ENOSPC)
        case .writeError, .flushError, .metaError, .otherFile, .otherFlush, .gone:
            DiskAnswer(bytesLimit: 0, error: EIO)
        case .shortWrite: DiskAnswer(bytesLimit: max(call.byteCount / 2, 1))
        case .flushErrorAfterFlush, .metaErrorAfterWrite: DiskAnswer(error: EIO)
        case .lostWrite: DiskAnswer(bytesLimit: 0, claimsAll: true)
        }
    }
}

/// A disk that fails as planned, and works again when it is mended.
final class FailingDisk: DiskWatcher {
    private struct State {
        var plan: FaultPlan?
        var calls = 0
        var hits = 0
        var hitsBeyondRoom = 0
    }

    private let state = Mutex(State())

    func fail(_ plan: FaultPlan) {
        state.withLock { $0 = State(plan: plan) }
    }

    /// Ends the fault.
    func mend() {
        state.withLock { $0.plan = nil }
    }

    var hits: Int { state.withLock { $0.hits } }
    /// How many of these the log cannot do without.
    var hitsBeyondRoom: Int { state.withLock { $0.hitsBeyondRoom } }

    func before(_ call: DiskCall) -> DiskAnswer {
        state.withLock { state in
            guard let plan = state.plan, plan.applies(to: call, hasHit: state.hits > 0) else {
                return .forwarded
            }
            state.calls += 1
            guard state.calls == plan.callNumber || state.calls > plan.callNumber && plan.persists else {
                return .forwarded
            }
            defer {
                state.hits += 1
                if !call.writesRoom { state.hitsBeyondRoom += 1 }
            }
            return plan.answer(to: call, hasHit: state.hits > 0)
        }
    }

    func after(_ call: DiskCall, reached: Int) {}
}
