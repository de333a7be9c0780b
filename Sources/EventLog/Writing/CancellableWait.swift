import Synchronization

/// Brings together a wait and its cancellation, whichever comes first.
final class CancellableWait: Sendable {
    private let state = Mutex(State.new)

    private enum State {
        case new
        case waiting(UInt64)
        case cancelled
    }

    /// Notes the wait's number; true if it was cancelled already.
    func begin(_ number: UInt64) -> Bool {
        state.withLock { state in
            if case .cancelled = state { return true }
            state = .waiting(number)
            return false
        }
    }

    /// Cancels; the number of the wait if it has begun.
    func cancel() -> UInt64? {
        state.withLock { state in
            defer { state = .cancelled }
            if case .waiting(let number) = state { return number }
            return nil
        }
    }
}
