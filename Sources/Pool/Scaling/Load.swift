/// The load of a pool in its two windows, as far as they have been measured.
///
/// The stable window is 30 buckets long, of which the last is not full yet; the panic window is the last few of them.
/// All sums are exact, so the same events give the same load, however they were folded.
struct Load: Equatable {
    /// One of the two windows.
    struct Window: Equatable {
        /// Time of it that was measured, in nanoseconds.
        var lengthNs: UInt64 = 0
        /// Whether all of it was measured.
        var isFull = false
        /// Mean number of tasks that ran or could run, in thousandths; 0 where nothing was measured.
        var demandMilli: UInt64 = 0
        /// Tasks submitted in it.
        var arrivals: UInt64 = 0
    }

    let stable: Window
    let panic: Window
    /// The highest mean demand of a whole bucket in the stable window, in thousandths.
    let peakMilli: UInt64
}

extension ScalingPolicy {
    /// Buckets of the stable window.
    static let bucketCount: UInt64 = 30

    /// Length of a bucket, in nanoseconds.
    var bucketNs: UInt64 {
        max(min(stableWindowMs, PoolPolicy.timeLimitMs) / Self.bucketCount, 1) * 1_000_000
    }

    /// Buckets of the panic window, the one under way included.
    var panicBuckets: UInt64 {
        let ns = min(panicWindowMs, PoolPolicy.timeLimitMs) * 1_000_000
        return min(max((ns + bucketNs - 1) / bucketNs, 1), Self.bucketCount)
    }
}

extension ScalingState {
    /// Whether it is what events can have given.
    var isSound: Bool {
        target <= PoolPolicy.connectionLimit && buckets.count <= Int(ScalingPolicy.bucketCount)
            && zip(buckets, buckets.dropFirst()).allSatisfy { $0.number < $1.number }
    }

    /// Takes the demand since it was last taken into the buckets, and drops those that have left the stable window.
    mutating func measure(through now: EventTime, _ policy: ScalingPolicy) {
        guard now > measuredAt else { return }
        let width = policy.bucketNs
        let current = now.nanoseconds / width
        let first = current - min(current, ScalingPolicy.bucketCount - 1)
        buckets.removeAll { $0.number < first }
        var at = max(measuredAt.nanoseconds, first * width)
        while demand > 0, at < now.nanoseconds {
            let number = at / width
            let (end, overflow) = (number * width).addingReportingOverflow(width)
            let until = overflow ? now.nanoseconds : min(end, now.nanoseconds)
            let (sum, tooMuch) = bucket(number).addingReportingOverflow(
                UInt64(demand) * ((until - at) / 1_000))
            buckets[buckets.count - 1].demandUs = tooMuch ? .max : sum
            at = until
        }
        measuredAt = now
    }

    /// Makes the bucket of a number the last one, unless it is, and gives its demand. No later one must be there.
    private mutating func bucket(_ number: UInt64) -> UInt64 {
        if buckets.last.map({ $0.number < number }) ?? true { buckets.append(LoadBucket(number: number)) }
        return buckets[buckets.count - 1].demandUs
    }

    /// Takes in that tasks more or fewer can run from now on.
    mutating func change(_ change: Int32, at now: EventTime, _ policy: ScalingPolicy) {
        measure(through: now, policy)
        let changed = Int64(demand) + Int64(change)
        demand = UInt32(clamping: changed)
    }

    /// Takes in that a task was submitted.
    mutating func arrive(at now: EventTime, _ policy: ScalingPolicy) {
        measure(through: now, policy)
        _ = bucket(now.nanoseconds / policy.bucketNs)
        let arrivals = buckets[buckets.count - 1].arrivals
        buckets[buckets.count - 1].arrivals = min(arrivals, .max - 1) + 1
    }

    /// The load until now.
    func load(at now: EventTime, _ policy: ScalingPolicy) -> Load {
        var measured = self
        measured.measure(through: now, policy)
        return Load(
            stable: measured.window(ScalingPolicy.bucketCount, at: now, policy),
            panic: measured.window(policy.panicBuckets, at: now, policy),
            peakMilli: measured.peakMilli(policy))
    }

    private func peakMilli(_ policy: ScalingPolicy) -> UInt64 {
        let last = measuredAt.nanoseconds / policy.bucketNs
        let peak = buckets.filter { $0.number < last }.map(\.demandUs).max() ?? 0
        return UInt64(clamping: UInt128(peak) * 1_000_000 / UInt128(policy.bucketNs))
    }

    private func window(_ count: UInt64, at now: EventTime, _ policy: ScalingPolicy) -> Load.Window {
        let current = now.nanoseconds / policy.bucketNs
        let first = current - min(current, count - 1)
        let beginning = EventTime(nanoseconds: first * policy.bucketNs)
        var window = Load.Window()
        window.isFull = measuredFrom <= beginning
        window.lengthNs = now.nanoseconds(since: max(measuredFrom, beginning))
        var (demand, arrivals) = (UInt128(0), UInt128(0))
        for bucket in buckets where bucket.number >= first {
            demand += UInt128(bucket.demandUs)
            arrivals += UInt128(bucket.arrivals)
        }
        window.arrivals = UInt64(clamping: arrivals)
        if window.lengthNs > 0 {
            window.demandMilli = UInt64(clamping: demand * 1_000_000 / UInt128(window.lengthNs))
        }
        return window
    }
}
