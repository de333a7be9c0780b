import Dispatch
import PoolEngine
import Synchronization

/// A store that is waited for before it is read; between two appends only if that is wanted.
struct SettlingStore: Sendable {
    let base: any EventStore
    private let settlesEachStep: Bool
    private let pending = DispatchGroup()
    private let failure = FirstFailure()

    init(_ base: any EventStore, settlesEachStep: Bool) {
        self.base = base
        self.settlesEachStep = settlesEachStep
    }

    /// Queues a step behind those before.
    func append(_ step: StoredStep) throws {
        var step = step
        // Nothing would follow that takes the last one along.
        step.mayWait = false
        pending.enter()
        do {
            _ = try base.submit(step) { [pending, failure] result in
                if case .failure(let error) = result { failure.note(error) }
                pending.leave()
            }
        } catch {
            pending.leave()
            throw error
        }
        if settlesEachStep { try settle() }
    }

    /// Waits until everything is durable.
    ///
    /// - Throws: Why the first step that is not could not become so.
    func settle() throws {
        pending.wait()
        try failure.check()
    }

    private final class FirstFailure: Sendable {
        private let error = Mutex<(any Error)?>(nil)

        func note(_ new: any Error) { error.withLock { if $0 == nil { $0 = new } } }
        func check() throws { if let error = error.withLock({ $0 }) { throw error } }
    }
}
