import Synchronization

/// Steps of a log that may wait, until it is known that they are durable.
///
/// The log acknowledges such a step when it has its place; that it is on disk follows from a later step that is.
final class WaitingSteps: Sendable {
    typealias Completion = @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void

    private struct Waiting {
        var range: ClosedRange<UInt64>
        var completion: Completion
    }

    private struct State {
        var steps: [Waiting] = []
        /// Whether somebody asks the log for them already.
        var isAwaited = false
    }

    private let state = Mutex(State())

    /// Adds a step behind those that wait. True if the caller has to see to it that the log is asked for them, until
    /// `next` gives nil.
    func add(_ range: ClosedRange<UInt64>, _ completion: @escaping Completion) -> Bool {
        state.withLock { state in
            state.steps.append(Waiting(range: range, completion: completion))
            defer { state.isAwaited = true }
            return !state.isAwaited
        }
    }

    /// The last position that waits; nil, and nobody asks any more, when none does.
    func next() -> UInt64? {
        state.withLock { state in
            state.isAwaited = !state.steps.isEmpty
            return state.steps.last?.range.upperBound
        }
    }

    /// Everything up to a position is durable.
    func complete(through position: UInt64) {
        let durable = state.withLock { state in
            let durable = state.steps.prefix { $0.range.upperBound <= position }
            state.steps.removeFirst(durable.count)
            return durable
        }
        for step in durable { step.completion(.success(step.range)) }
    }

    /// Nothing that waits can become durable any more.
    func fail(_ error: any Error) {
        let failed = state.withLock { state in
            defer { state.steps = [] }
            return state.steps
        }
        for step in failed { step.completion(.failure(error)) }
    }
}
