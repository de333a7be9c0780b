import Glibc
import Pool

/// Where an engine gets its time from.
public protocol EngineClock: Sendable {
    func now() -> EventTime
    /// Returns at that time or later; throws `CancellationError` when its task is cancelled.
    func sleep(until time: EventTime) async throws
}

/// The wall clock at its creation plus the boot-time clock: a later jump of the wall clock moves no timer, and time
/// goes on while the machine is suspended.
public struct SystemClock: EngineClock {
    private let wallAtStart: UInt64
    private let bootAtStart: UInt64

    public init() {
        wallAtStart = Self.read(CLOCK_REALTIME)
        bootAtStart = Self.read(CLOCK_BOOTTIME)
    }

    public func now() -> EventTime {
        EventTime(nanoseconds: wallAtStart + (Self.read(CLOCK_BOOTTIME) - bootAtStart))
    }

    public func sleep(until time: EventTime) async throws {
        let left = time.nanoseconds(since: now())
        try await Task.sleep(for: .nanoseconds(Int64(clamping: left)))
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { preconditionFailure("clock \(clock) cannot be read") }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
