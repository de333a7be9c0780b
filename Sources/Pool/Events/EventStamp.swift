/// Where an event stands: all of it but what it says.
struct EventStamp {
    /// Position in the log.
    var sequence: UInt64
    /// When it was recorded.
    var at = EventTime.zero
    /// Sequence number of the event that led to it.
    var cause: UInt64 = 0

    /// Names the fields of `weir.v1.Event` before its payload.
    @inline(__always)
    mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.time(1, "at_ns", &at)
        visitor.uint(2, "cause", &cause)
    }
}
