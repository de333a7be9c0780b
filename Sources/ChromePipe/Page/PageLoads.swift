import Synchronization

/// Which documents of a page have loaded, and who waits for one.
///
/// A load is known by its loader: `about:blank` may finish after the navigation away from it was asked for.
final class PageLoads: Sendable {
    /// How a wait for a load ended.
    enum End: Sendable, Equatable {
        case loaded
        case lost(String)
    }

    private struct State {
        var recent: [String] = []
        var waiting: [String: Outcome<End>] = [:]
    }

    /// Enough for the documents that one page can have under way.
    private static let remembered = 16

    private let state = Mutex(State())

    /// The end of the wait for this loader's document.
    func outcome(of loader: String) -> Outcome<End> {
        state.withLock { state in
            let outcome = state.waiting[loader] ?? Outcome()
            if state.recent.contains(loader) {
                outcome.resolve(.loaded)
            } else {
                state.waiting[loader] = outcome
            }
            return outcome
        }
    }

    /// No one waits for it any more.
    func forget(_ loader: String) {
        state.withLock { $0.waiting[loader] = nil }
    }

    /// Takes note of what the page's events tell.
    func observe(_ event: CDPEvent) {
        switch event {
        case .pageLifecycle("load", let loader):
            let outcome = state.withLock { state in
                state.recent.append(loader)
                if state.recent.count > Self.remembered { state.recent.removeFirst() }
                return state.waiting.removeValue(forKey: loader)
            }
            outcome?.resolve(.loaded)
        case .inspectorTargetCrashed:
            lose("its renderer crashed")
        case .targetDestroyed:
            lose("it was closed")
        case .detachedFromTarget:
            lose("its session was detached")
        case .died(let death):
            lose("\(death)")
        default:
            break
        }
    }

    /// Ends every wait.
    func lose(_ reason: String) {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for outcome in waiting { outcome.resolve(.lost(reason)) }
    }
}
