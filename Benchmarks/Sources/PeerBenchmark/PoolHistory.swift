import Measuring
import Pool

/// What a pool has recorded: the tasks that succeeded, which browser was given work last, and which failed. Those who
/// wait for it are told once it is durable.
actor PoolHistory {
    private var ended: [TaskID: Result<Void, BenchmarkError>] = [:]
    private var waiting: [TaskID: CheckedContinuation<Void, any Error>] = [:]
    private var failures = 0
    private var failureWaiters: [(count: Int, CheckedContinuation<Void, Never>)] = []
    private var productsAfterFailure: [ContinuousClock.Instant] = []
    private var productWaiters: [(count: Int, CheckedContinuation<Void, Never>)] = []
    private var successWaiters: [(count: Int, CheckedContinuation<Void, Never>)] = []
    private(set) var successes = 0
    /// The browser that was granted a task last.
    private(set) var lastGranted: BrowserID?

    init(_ events: AsyncStream<Event>) {
        Task { for await event in events { await self.take(event) } }
    }

    private func take(_ event: Event) {
        switch event.payload {
        case .taskGranted(let granted): lastGranted = granted.browser
        case .browserFailed:
            failures += 1
            Self.wake(&failureWaiters, failures)
        case .runProgressed where failures > 0:
            productsAfterFailure.append(.now)
            Self.wake(&productWaiters, productsAfterFailure.count)
        case .taskSucceeded(let succeeded):
            successes += 1
            Self.wake(&successWaiters, successes)
            end(succeeded.task, .success(()))
        case .taskFailed(let failed):
            end(failed.task, .failure(BenchmarkError("task \(failed.task) failed: \(failed.detail)")))
        default: break
        }
    }

    private static func wake(_ waiters: inout [(count: Int, CheckedContinuation<Void, Never>)], _ count: Int)
    {
        for waiter in waiters where waiter.count <= count { waiter.1.resume() }
        waiters.removeAll { $0.count <= count }
    }

    private func end(_ task: TaskID, _ result: Result<Void, BenchmarkError>) {
        if let waiter = waiting.removeValue(forKey: task) {
            waiter.resume(with: result.mapError { $0 })
        } else {
            ended[task] = result
        }
    }

    /// Waits until a task has succeeded.
    func success(of task: TaskID) async throws {
        if let result = ended.removeValue(forKey: task) { return try result.get() }
        try await withCheckedThrowingContinuation { waiting[task] = $0 }
    }

    /// Waits until so many tasks have succeeded since the beginning.
    func successes(_ count: Int) async {
        guard successes < count else { return }
        await withCheckedContinuation { successWaiters.append((count, $0)) }
    }

    /// Waits until a product has been recorded since a browser has failed, and says when it was.
    func firstProductAfterFailure() async -> ContinuousClock.Instant {
        if productsAfterFailure.isEmpty {
            await withCheckedContinuation { productWaiters.append((1, $0)) }
        }
        return productsAfterFailure[0]
    }

    /// Waits until a browser has failed for the first time.
    func firstFailure() async {
        guard failures < 1 else { return }
        await withCheckedContinuation { failureWaiters.append((1, $0)) }
    }
}
