/// How many browsers the pool keeps while it has work, and the load that this follows.
public struct ScalingState: WireMessage, DefaultInitializable {
    /// Browsers that are kept while there is work, at least one.
    public var target: UInt32
    /// When the target was last changed; 0 when it never was.
    public var scaledAt: EventTime
    /// When it was last raised for a burst; 0 when it never was.
    public var panickedAt: EventTime
    /// Tasks that run or could run: all but those that are suspended or back off.
    public var demand: UInt32
    /// When the load began to be measured.
    public var measuredFrom: EventTime
    /// Up to when the load is in `buckets`.
    public var measuredAt: EventTime
    /// The load, oldest first, at most 30; parts without any are not there.
    public var buckets: [LoadBucket]
    /// When the load is looked at again; 0 while there is nothing to scale.
    public var dueAt: EventTime

    public init(
        target: UInt32 = 0,
        scaledAt: EventTime = .zero,
        panickedAt: EventTime = .zero,
        demand: UInt32 = 0,
        measuredFrom: EventTime = .zero,
        measuredAt: EventTime = .zero,
        buckets: [LoadBucket] = [],
        dueAt: EventTime = .zero
    ) {
        self.target = target
        self.scaledAt = scaledAt
        self.panickedAt = panickedAt
        self.demand = demand
        self.measuredFrom = measuredFrom
        self.measuredAt = measuredAt
        self.buckets = buckets
        self.dueAt = dueAt
    }

    public init() {
        self.init(target: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "target", &target)
        visitor.time(2, "scaled_at_ns", &scaledAt)
        visitor.time(3, "panicked_at_ns", &panickedAt)
        visitor.uint(4, "demand", &demand)
        visitor.time(5, "measured_from_ns", &measuredFrom)
        visitor.time(6, "measured_at_ns", &measuredAt)
        visitor.messages(7, "buckets", &buckets)
        visitor.time(8, "due_at_ns", &dueAt)
    }
}
