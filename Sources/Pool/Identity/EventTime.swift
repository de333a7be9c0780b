/// Event time: nanoseconds since the Unix epoch, never decreasing along a log. Good until the year 2554.
public struct EventTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01 00:00:00 UTC.
    public var nanoseconds: UInt64

    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// The epoch; where a time is optional it stands for none.
    public static let zero = EventTime(nanoseconds: 0)

    public static func < (left: EventTime, right: EventTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// This time and so many milliseconds, at most the end of time.
    public func adding(milliseconds: UInt64) -> EventTime {
        let (product, tooLong) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, tooLate) = nanoseconds.addingReportingOverflow(product)
        return EventTime(nanoseconds: tooLong || tooLate ? .max : sum)
    }

    /// Nanoseconds from an earlier time to this one; 0 when it is not earlier.
    public func nanoseconds(since earlier: EventTime) -> UInt64 {
        nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
    }
}
