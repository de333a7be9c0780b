import CLogBaselines

/// How long one contestant goes on in one round.
struct Bound {
    var nanoseconds: UInt64
    /// At least so many commits, however long they take.
    var commitsLeast: Int
    /// At most so many bytes of events, once there are the fewest commits: the disk is finite.
    var bytesMost: Int

    init(seconds: Double, commitsLeast: Int = 20, bytesMost: Int = 512 << 20) {
        nanoseconds = UInt64(seconds * 1e9)
        self.commitsLeast = commitsLeast
        self.bytesMost = bytesMost
    }

    func isReached(nanoseconds spent: UInt64, commits: Int, bytes: Int) -> Bool {
        commits >= commitsLeast && (spent >= nanoseconds || bytes >= bytesMost)
    }
}

/// What one contestant did in one round.
struct Turn {
    var events = 0
    var nanoseconds: UInt64 = 0
    /// Of each commit, in nanoseconds; empty where commits overlap.
    var latencies: [UInt64] = []

    var eventsPerSecond: Double { Double(events) / Double(nanoseconds) * 1e9 }
}

/// The least value that a share of all values does not exceed; nil for too few values to tell.
func quantile(_ share: Double, of sorted: [UInt64]) -> UInt64? {
    guard Double(sorted.count) * (1 - share) >= 1 else { return nil }
    return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
}
