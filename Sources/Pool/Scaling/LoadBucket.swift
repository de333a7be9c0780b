/// The load of one part of the stable window.
public struct LoadBucket: WireMessage, DefaultInitializable {
    /// Which part: its beginning since the epoch, in lengths of a part.
    public var number: UInt64
    /// Sum over its time of the tasks that ran or could run, in tasks times microseconds.
    public var demandUs: UInt64
    /// Tasks submitted in it.
    public var arrivals: UInt64

    public init(number: UInt64 = 0, demandUs: UInt64 = 0, arrivals: UInt64 = 0) {
        self.number = number
        self.demandUs = demandUs
        self.arrivals = arrivals
    }

    public init() {
        self.init(number: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "number", &number)
        visitor.uint(2, "demand_us", &demandUs)
        visitor.uint(3, "arrivals", &arrivals)
    }
}
