import NIOCore
import Synchronization

/// A value that comes once, and those who wait for it.
package final class Outcome<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: @Sendable (Value?) -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// The value, if it has come.
    package var value: Value? { state.withLock { $0.value } }

    /// Sets the value; false if there was one already.
    @discardableResult
    package func resolve(_ value: Value) -> Bool {
        let waiters: [@Sendable (Value?) -> Void]? = state.withLock { state in
            guard state.value == nil else { return nil }
            state.value = value
            defer { state.waiters = [:] }
            return state.waiters.sorted { $0.key < $1.key }.map(\.value)
        }
        guard let waiters else { return false }
        for waiter in waiters { waiter(value) }
        return true
    }

    /// Calls back with the value, at once if it has come. Callbacks run in the order in which they were given.
    package func whenResolved(_ body: @escaping @Sendable (Value) -> Void) {
        _ = addWaiter { value in
            if let value { body(value) }
        }
    }

    /// Waits for the value, however long. Cancellation does not end the wait.
    package func wait() async -> Value {
        await withCheckedContinuation { continuation in
            whenResolved { continuation.resume(returning: $0) }
        }
    }

    /// Waits for the value; nil after `limit`, or when the task is cancelled.
    package func wait(atMost limit: Duration, on loop: any EventLoop) async -> Value? {
        let waiting = Mutex<(id: UInt64, timer: Scheduled<Void>)?>(nil)
        let value = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard let id = addWaiter({ continuation.resume(returning: $0) }) else { return }
                let timer = loop.scheduleTask(in: TimeAmount(limit)) { self.abandon(id) }
                waiting.withLock { $0 = (id, timer) }
                // The cancellation may have come before there was anything to abandon.
                if Task.isCancelled { abandon(id) }
            }
        } onCancel: {
            if let id = waiting.withLock({ $0?.id }) { abandon(id) }
        }
        waiting.withLock { $0?.timer.cancel() }
        return value
    }

    /// The waiter's number, or nil if it was called at once.
    private func addWaiter(_ waiter: @escaping @Sendable (Value?) -> Void) -> UInt64? {
        let (known, id): (Value?, UInt64) = state.withLock { state in
            if let value = state.value { return (value, 0) }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = waiter
            return (nil, state.lastWaiter)
        }
        guard let known else { return id }
        waiter(known)
        return nil
    }

    private func abandon(_ id: UInt64) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?(nil)
    }
}
