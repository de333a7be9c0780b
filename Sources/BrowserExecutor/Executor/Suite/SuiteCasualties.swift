import Pool
import Synchronization

/// Which cases of suites were running when a browser failed: a case that takes one down after the other must not stop
/// its suite.
///
/// It lives as long as its executor. What it holds of a case ends with the case.
final class SuiteCasualties: Sendable {
    struct CaseID: Hashable, Sendable {
        var task: TaskID
        var item: UInt64
    }

    /// Failures of a browser after which a case is not run again.
    static let limit = 2

    private let state = Mutex(State())

    private struct State {
        var running: [IncarnationID: CaseID] = [:]
        var evidence: [CaseID: [String]] = [:]
    }

    /// A case begins.
    ///
    /// - Returns: What was seen of the browsers that failed while it ran before, if it must not run again.
    func begin(_ id: CaseID, on browser: IncarnationID) -> [String]? {
        state.withLock { state in
            if let evidence = state.evidence[id], evidence.count >= Self.limit { return evidence }
            state.running[browser] = id
            return nil
        }
    }

    /// A case has a result.
    func end(_ id: CaseID, on browser: IncarnationID) {
        state.withLock { state in
            state.running[browser] = nil
            state.evidence[id] = nil
        }
    }

    /// A case was left because its run was stopped, or because its browser had failed.
    func leave(on browser: IncarnationID) {
        state.withLock { $0.running[browser] = nil }
    }

    /// A browser failed; whatever ran there is counted once.
    func browserFailed(_ browser: IncarnationID, _ what: String) {
        state.withLock { state in
            guard let id = state.running.removeValue(forKey: browser) else { return }
            state.evidence[id, default: []].append(what)
        }
    }
}
