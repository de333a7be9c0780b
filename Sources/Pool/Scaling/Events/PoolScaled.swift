/// The number of browsers that the pool keeps while it has work was changed; launches and retirements follow it.
public struct PoolScaled: EventMessage {
    public static let number = 90
    public static let name: StaticString = "pool_scaled"

    /// Why.
    public var reason: ScaleReason
    /// Browsers that were kept before.
    public var targetBefore: UInt32
    /// Browsers that are kept from now on.
    public var targetAfter: UInt32
    /// Browsers that are usable or coming.
    public var browsers: UInt32
    /// Tasks that run or could run.
    public var demand: UInt32
    /// Those of them that wait for a browser.
    public var waiting: UInt32
    /// Lanes that would do the work in hand within the time of a launch; 0 when that is not known.
    public var workLanes: UInt32
    /// Mean demand in the stable window, in thousandths.
    public var stableDemandMilli: UInt64
    /// Mean demand in the panic window, in thousandths.
    public var panicDemandMilli: UInt64
    /// Tasks submitted in the stable window.
    public var stableArrivals: UInt64
    /// Tasks submitted in the panic window.
    public var panicArrivals: UInt64
    /// Time of the stable window that was measured, in milliseconds.
    public var measuredMs: UInt64
    /// Demand that is expected once a browser launched now is usable, in thousandths; 0 without a forecast.
    public var forecastMilli: UInt64
    /// Time that a launch takes, in microseconds; 0 when it is not known.
    public var launchUs: UInt64
    /// Memory that the browsers use, in bytes: what was sampled, and what is expected of those without a sample.
    public var memoryBytes: UInt64
    /// Memory that they may use, in bytes; 0 for no limit.
    public var memoryLimitBytes: UInt64
    /// Memory that one more is expected to use, in bytes; 0 when it is not known.
    public var browserMemoryBytes: UInt64
    /// Highest mean demand of a thirtieth of the stable window, in thousandths.
    public var peakDemandMilli: UInt64

    public init(
        reason: ScaleReason = .queue,
        targetBefore: UInt32 = 0,
        targetAfter: UInt32 = 0,
        browsers: UInt32 = 0,
        demand: UInt32 = 0,
        waiting: UInt32 = 0,
        workLanes: UInt32 = 0,
        stableDemandMilli: UInt64 = 0,
        panicDemandMilli: UInt64 = 0,
        stableArrivals: UInt64 = 0,
        panicArrivals: UInt64 = 0,
        measuredMs: UInt64 = 0,
        forecastMilli: UInt64 = 0,
        launchUs: UInt64 = 0,
        memoryBytes: UInt64 = 0,
        memoryLimitBytes: UInt64 = 0,
        browserMemoryBytes: UInt64 = 0,
        peakDemandMilli: UInt64 = 0
    ) {
        self.reason = reason
        self.targetBefore = targetBefore
        self.targetAfter = targetAfter
        self.browsers = browsers
        self.demand = demand
        self.waiting = waiting
        self.workLanes = workLanes
        self.stableDemandMilli = stableDemandMilli
        self.panicDemandMilli = panicDemandMilli
        self.stableArrivals = stableArrivals
        self.panicArrivals = panicArrivals
        self.measuredMs = measuredMs
        self.forecastMilli = forecastMilli
        self.launchUs = launchUs
        self.memoryBytes = memoryBytes
        self.memoryLimitBytes = memoryLimitBytes
        self.browserMemoryBytes = browserMemoryBytes
        self.peakDemandMilli = peakDemandMilli
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "reason", &reason)
        visitor.uint(2, "target_before", &targetBefore)
        visitor.uint(3, "target_after", &targetAfter)
        visitor.uint(4, "browsers", &browsers)
        visitor.uint(5, "demand", &demand)
        visitor.uint(6, "waiting", &waiting)
        visitor.uint(7, "work_lanes", &workLanes)
        visitor.uint(8, "stable_demand_milli", &stableDemandMilli)
        visitor.uint(9, "panic_demand_milli", &panicDemandMilli)
        visitor.uint(10, "stable_arrivals", &stableArrivals)
        visitor.uint(11, "panic_arrivals", &panicArrivals)
        visitor.uint(12, "measured_ms", &measuredMs)
        visitor.uint(13, "forecast_milli", &forecastMilli)
        visitor.uint(14, "launch_us", &launchUs)
        visitor.uint(15, "memory_bytes", &memoryBytes)
        visitor.uint(16, "memory_limit_bytes", &memoryLimitBytes)
        visitor.uint(17, "browser_memory_bytes", &browserMemoryBytes)
        visitor.uint(18, "peak_demand_milli", &peakDemandMilli)
    }

    public var payload: EventPayload { .poolScaled(self) }
}
