import Pool
import PoolEngine

/// What many simulations came to, added up.
public struct SimulationTally: Sendable {
    /// A simulation that failed.
    public struct Failed: Equatable, Sendable {
        public var seed: UInt64
        public var failure: SimulationFailure
    }

    /// Simulations that were run.
    public private(set) var runs = 0
    /// Violations of invariants, over all runs.
    public private(set) var violations = 0
    public private(set) var summary = SimulationSummary()
    /// Events of all logs.
    public private(set) var events: UInt64 = 0
    /// The runs that failed, in the order of their seeds.
    public private(set) var failed: [Failed] = []
    /// Digests of the logs by seed.
    private var digests: [UInt64: Digest] = [:]

    public init() {}

    /// SHA-256 over the digests of all logs, in the order of their seeds.
    public var digest: Digest {
        Digest(sha256: digests.sorted { $0.key < $1.key }.flatMap(\.value.bytes))
    }

    mutating func add(_ result: SimulationResult, seed: UInt64) {
        runs += 1
        violations += result.violations.count
        summary.add(result.summary)
        events += result.log.durableHead()
        digests[seed] = result.digest
        if let failure = result.failure { failed.append(Failed(seed: seed, failure: failure)) }
    }

    mutating func add(_ other: SimulationTally) {
        runs += other.runs
        violations += other.violations
        summary.add(other.summary)
        events += other.events
        failed = (failed + other.failed).sorted { $0.seed < $1.seed }
        digests.merge(other.digests) { own, _ in own }
    }
}
