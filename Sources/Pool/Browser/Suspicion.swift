/// Phi-accrual failure detection (Hayashibara, Défago, Yared, Katayama: "The φ accrual failure detector", SRDS 2004) in
/// integers: how long a browser may be silent before its silence is improbable by so much.
///
/// The time between two signs of life is taken to be normally distributed: φ = −log₁₀ Q(y), y being the silence beyond
/// the mean in standard deviations and Q the upper tail of the normal distribution, for which stands the upper bound
/// 4 e^(−y²/2) / (√(2π) (3y + √(y² + 8))) (Sampford, Annals of Mathematical Statistics 24, 1953). It is within 0.012 of
/// φ from y = 1 on.
enum Suspicion {
    /// Standard deviations beyond the mean that are looked at, in thousandths.
    static let mostDeviations: UInt64 = 40_000

    /// φ in thousandths after so many standard deviations beyond the mean, in thousandths.
    static func phiMilli(deviations y: UInt64) -> UInt64 {
        let y = min(y, mostDeviations)
        // ln 10 = 2.302585, log₁₀ √(2π) = 0.399.
        let exponent = y * y / 2 * 1_000 / 2_302_585
        let divisor = (3 * y + FixedPoint.squareRoot(y * y + 8_000_000)) / 4
        return exponent + 399 + FixedPoint.log10Milli(divisor) - 3_000
    }

    /// φ in thousandths after a silence, where the time between two signs of life has a mean and a standard deviation in
    /// microseconds.
    static func phiMilli(silenceNs: UInt64, _ meanUs: UInt64, _ deviationUs: UInt64) -> UInt64 {
        let silenceUs = silenceNs / 1_000
        let beyond = silenceUs > meanUs ? silenceUs - meanUs : 0
        return phiMilli(deviations: FixedPoint.ratioMilli(beyond, to: deviationUs))
    }

    /// The fewest standard deviations beyond the mean, in thousandths, after which φ is so high.
    static func deviations(forPhiMilli phi: UInt64) -> UInt64 {
        var (low, high) = (UInt64(0), mostDeviations)
        while low < high {
            let middle = (low + high) / 2
            if phiMilli(deviations: middle) < phi { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The deviations that belong to the policy's two values of φ, kept since they are asked for with every sign of life and
/// follow from those values alone.
struct SuspicionLimits: Sendable, Equatable {
    private struct Limit {
        var phiMilli: UInt32 = 0
        var deviations: UInt64 = 0
    }

    private var suspect = Limit()
    private var fail = Limit()

    /// The fewest standard deviations beyond the mean, in thousandths, after which a browser is suspected, or given up
    /// once it is.
    mutating func deviations(_ policy: HeartbeatPolicy, suspected: Bool) -> UInt64 {
        suspected
            ? Self.deviations(policy.failPhiMilli, &fail) : Self.deviations(policy.suspectPhiMilli, &suspect)
    }

    private static func deviations(_ phiMilli: UInt32, _ limit: inout Limit) -> UInt64 {
        if limit.phiMilli != phiMilli {
            limit = Limit(
                phiMilli: phiMilli, deviations: Suspicion.deviations(forPhiMilli: UInt64(phiMilli)))
        }
        return limit.deviations
    }

    /// What has been asked for yet is no part of a state.
    static func == (left: SuspicionLimits, right: SuspicionLimits) -> Bool { true }
}

extension BrowserState {
    /// Longest time between two signs of life that the statistics take in, in microseconds.
    private static let longestIntervalUs: UInt64 = 1_000_000_000
    /// The least standard deviation that is believed, in microseconds, besides a quarter of the mean.
    private static let leastDeviationUs: UInt64 = 100_000

    /// Takes a sign of life into the statistics: exponentially weighted mean and variance, a sixteenth for the new one.
    mutating func hear(at now: EventTime) {
        if heardAt != .zero {
            let interval = Int64(min(now.nanoseconds(since: heardAt) / 1_000, Self.longestIntervalUs))
            if heartbeatMeanUs == 0 {
                heartbeatMeanUs = UInt64(interval)
                heartbeatVariance = UInt64(interval / 4 * (interval / 4))
            } else {
                let off = interval - Int64(heartbeatMeanUs)
                heartbeatMeanUs = UInt64(Int64(heartbeatMeanUs) + off / 16)
                heartbeatVariance = heartbeatVariance - heartbeatVariance / 16 + UInt64(off * off) / 16
            }
        }
        heardAt = now
    }

    /// Mean and standard deviation of the time between two signs of life, as they are believed, in microseconds.
    func heartbeat(_ policy: HeartbeatPolicy) -> (meanUs: UInt64, deviationUs: UInt64) {
        let mean = heartbeatMeanUs == 0 ? policy.intervalMs * 1_000 : heartbeatMeanUs
        let measured = FixedPoint.squareRoot(heartbeatVariance)
        return (mean, max(measured, mean / 4, Self.leastDeviationUs))
    }

    /// When its silence is suspicious, or, once that has been said, when it is given up.
    func nextSuspicion(_ policy: HeartbeatPolicy, _ limits: inout SuspicionLimits) -> EventTime {
        let (mean, deviation) = heartbeat(policy)
        let silentUs = mean + limits.deviations(policy, suspected: suspected) * deviation / 1_000
        let due = EventTime(nanoseconds: heardAt.nanoseconds + silentUs * 1_000)
        return suspected ? max(due, heardAt.adding(milliseconds: policy.failAfterMs)) : due
    }
}
