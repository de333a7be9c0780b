/// Wakes the followers of one environment in this process.
final class ChangeSignal: Sendable {
    private let state = Monitor(State())

    private struct State {
        var generation: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        /// Waiters whose task was cancelled before they came to wait.
        var cancelled: Set<UInt64> = []
    }

    /// Grows with every change; read it before looking at the log, and wait for what comes after.
    var generation: UInt64 { state.withLock { $0.generation } }

    func signal() {
        let waiters = state.withLock { state in
            state.generation += 1
            let waiters = Array(state.waiters.values)
            state.waiters = [:]
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when there has been a change past `generation`, or when the task is cancelled.
    func wait(past generation: UInt64) async {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumesNow = state.withLock { state in
                    if state.cancelled.remove(waiter) != nil || state.generation > generation { return true }
                    state.waiters[waiter] = continuation
                    return false
                }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let continuation = state.waiters.removeValue(forKey: waiter)
                if continuation == nil { state.cancelled.insert(waiter) }
                return continuation
            }
            continuation?.resume()
        }
        // A cancellation that came after the wake-up has left its mark behind.
        state.withLock { _ = $0.cancelled.remove(waiter) }
    }
}
