import Pool
import PoolEngine
import Synchronization

/// By browser, the run whose model was loaded last: what a failure interrupted most likely needs it again.
final class LastRuns: Sendable {
    private let runs = Mutex<[BrowserID: Effect.Run]>([:])

    /// Takes note of a run whose model is loaded.
    func note(_ run: Effect.Run) { runs.withLock { $0[run.browser] = run } }

    /// Gives a browser's last run once: a model whose load makes a browser fail is not loaded there unasked again.
    func take(_ browser: BrowserID) -> Effect.Run? { runs.withLock { $0.removeValue(forKey: browser) } }

    /// Forgets a browser that ends without a failure: what it ran last is no more than that.
    func forget(_ browser: BrowserID) { runs.withLock { $0[browser] = nil } }
}
