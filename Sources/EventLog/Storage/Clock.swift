import Glibc

/// The system's clocks, in nanoseconds.
enum Clock {
    /// Since the Unix epoch; may be set.
    static func wallNanoseconds() -> UInt64 { read(CLOCK_REALTIME) }

    /// Since some point in the past; never goes back.
    static func monotonicNanoseconds() -> UInt64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
