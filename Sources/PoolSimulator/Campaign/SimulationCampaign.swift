import Synchronization

/// Simulations of consecutive seeds, several at a time.
public struct SimulationCampaign: Sendable {
    public var seeds: ClosedRange<UInt64>
    /// How many run at a time, at least one.
    public var width: Int

    public init(seeds: ClosedRange<UInt64>, width: Int) {
        precondition(width > 0, "at least one simulation runs at a time")
        self.seeds = seeds
        self.width = width
    }

    /// Runs them all; when its task is cancelled, no more than those that are under way.
    ///
    /// - Parameters:
    ///   - simulate: Runs the simulation of a seed.
    ///   - onRun: Called after each with how many there were; from any thread, and for several at a time.
    /// - Throws: What `simulate` throws.
    public func run(
        simulate: @escaping @Sendable (UInt64) throws -> SimulationResult,
        onRun: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> SimulationTally {
        let progress = Progress(of: seeds)
        return try await withThrowingTaskGroup(of: SimulationTally.self) { group in
            for _ in 0..<width {
                group.addTask {
                    var tally = SimulationTally()
                    while !Task.isCancelled, let seed = progress.next() {
                        tally.add(try simulate(seed), seed: seed)
                        onRun(progress.finish())
                        // A simulation never waits, and others may have to.
                        await Task.yield()
                    }
                    return tally
                }
            }
            var total = SimulationTally()
            for try await tally in group { total.add(tally) }
            return total
        }
    }

    private final class Progress: Sendable {
        private let last: UInt64
        private let state: Mutex<(next: UInt64?, finished: Int)>

        init(of seeds: ClosedRange<UInt64>) {
            last = seeds.upperBound
            state = Mutex((seeds.lowerBound, 0))
        }

        func next() -> UInt64? {
            state.withLock { state in
                guard let seed = state.next else { return nil }
                state.next = seed < last ? seed + 1 : nil
                return seed
            }
        }

        func finish() -> Int {
            state.withLock { state in
                state.finished += 1
                return state.finished
            }
        }
    }
}
