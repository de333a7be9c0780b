/// What a browser costs, as measured: means of the first 8 values, to which each new one then counts an eighth.
public struct BrowserCosts: WireMessage, DefaultInitializable {
    /// Launches measured.
    public var launches: UInt32
    /// Time from the decision to launch a browser until it is usable, in microseconds.
    public var launchUs: UInt64
    /// Runs whose start was measured.
    public var starts: UInt32
    /// Time from the grant of a task until its first item runs, in microseconds.
    public var startUs: UInt64
    /// Samples of memory.
    public var samples: UInt32
    /// Memory that a browser uses, in bytes.
    public var memoryBytes: UInt64

    public init(
        launches: UInt32 = 0,
        launchUs: UInt64 = 0,
        starts: UInt32 = 0,
        startUs: UInt64 = 0,
        samples: UInt32 = 0,
        memoryBytes: UInt64 = 0
    ) {
        self.launches = launches
        self.launchUs = launchUs
        self.starts = starts
        self.startUs = startUs
        self.samples = samples
        self.memoryBytes = memoryBytes
    }

    public init() {
        self.init(launches: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "launches", &launches)
        visitor.uint(2, "launch_us", &launchUs)
        visitor.uint(3, "starts", &starts)
        visitor.uint(4, "start_us", &startUs)
        visitor.uint(5, "samples", &samples)
        visitor.uint(6, "memory_bytes", &memoryBytes)
    }
}

extension BrowserCosts {
    private static let memory: UInt32 = 8

    mutating func measureLaunch(ns: UInt64) { Self.take(ns / 1_000, into: &launchUs, of: &launches) }
    mutating func measureStart(ns: UInt64) { Self.take(ns / 1_000, into: &startUs, of: &starts) }
    mutating func measureMemory(bytes: UInt64) { Self.take(bytes, into: &memoryBytes, of: &samples) }

    private static func take(_ value: UInt64, into mean: inout UInt64, of count: inout UInt32) {
        count = min(count, .max - 1) + 1
        mean = FixedPoint.moving(mean, towards: value, by: min(count, memory))
    }
}
