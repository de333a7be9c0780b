import Pool
import PoolEngine
import Synchronization

/// By browser, the run whose model was loaded last: what a failure interrupted most likely needs it again.
final class LastRuns: Sendable {
    private let runs = Mutex<[BrowserID: Effect.Run]>([:])

    /// Takes note of a run whose model is loaded.
    func note(_ run: Effect.Run) { runs.withLock { $0[run.browser] = run } }

    /// Gives a browser's last run once: a model whose load makes a browser fail is not loaded there unasked again. Nil
    /// also where another browser goes on with its task.
    func take(_ browser: BrowserID) -> Effect.Run? {
        runs.withLock { runs in
            guard let last = runs.removeValue(forKey: browser) else { return nil }
            return runs.values.contains { $0.task == last.task } ? nil : last
        }
    }

    /// Forgets a browser that ends without a failure: what it ran last is no more than that.
    func forget(_ browser: BrowserID) { runs.withLock { $0[browser] = nil } }
}
