import Glibc

/// A value behind a lock, with waiting for a condition on it.
///
/// The standard library's `Mutex` has no condition variable, for which the writer and the closing of an environment must
/// wait; and Thread Sanitizer, which is not built into that library, does not see that one thread waits there for another.
///
/// `@unchecked Sendable`: `state` is only touched while the POSIX mutex is held, and both POSIX objects have a
/// fixed address from `init` to `deinit`.
final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the lock held. Waiters do not look again.
    func withLock<Value, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&state)
    }

    /// Runs `body` with the lock held, then lets every waiter look again.
    func change<Value, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        pthread_mutex_lock(mutex)
        defer {
            pthread_mutex_unlock(mutex)
            pthread_cond_broadcast(condition)
        }
        return try body(&state)
    }

    /// Lets every waiter look again.
    func wake() {
        pthread_cond_broadcast(condition)
    }

    /// Runs `body` with the lock held, again after every change, until it gives a value; other waiters look again
    /// then.
    func wait<Value>(for body: (inout State) -> Value?) -> Value {
        pthread_mutex_lock(mutex)
        defer {
            pthread_mutex_unlock(mutex)
            pthread_cond_broadcast(condition)
        }
        while true {
            if let value = body(&state) { return value }
            pthread_cond_wait(condition, mutex)
        }
    }

    /// What a look at the state leads to.
    enum Look<Value> {
        case done(Value)
        /// Wait for a change.
        case wait
        /// Wait for a change, at most until this time of the monotonic clock.
        case waitUntil(UInt64)
    }

    /// Runs `body` with the lock held, again after every change or when the time has come, until it is done.
    func look<Value>(_ body: (inout State) -> Look<Value>) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch body(&state) {
            case .done(let value): return value
            case .wait: pthread_cond_wait(condition, mutex)
            case .waitUntil(let nanoseconds):
                var time = timespec()
                time.tv_sec = Int(nanoseconds / 1_000_000_000)
                time.tv_nsec = Int(nanoseconds % 1_000_000_000)
                pthread_cond_timedwait(condition, mutex, &time)
            }
        }
    }
}
