/// What a browser did and used, sampled every `metrics_collection_interval` and at the end of runs.
public struct MetricsSampled: EventMessage {
    public static let number = 27
    public static let name: StaticString = "metrics_sampled"

    /// The browser.
    public var browser: BrowserID
    /// Its incarnation.
    public var incarnation: IncarnationID
    /// Time since the sample before, or since the launch, in milliseconds.
    public var intervalMs: Double
    /// Items that got their results in that time.
    public var items: UInt64
    /// Time in it during which items ran, in milliseconds.
    public var busyMs: Double
    /// Median time of a batch of items in it, in milliseconds; 0 without one.
    public var latencyP50Ms: Double
    /// Longest time of a batch of items in it, in milliseconds; 0 without one.
    public var latencyMaxMs: Double
    /// Used script heap of all pages, in bytes.
    public var jsHeapBytes: UInt64
    /// Memory of the GPU process, proportional set size, in bytes; 0 when there is none.
    public var gpuProcessBytes: UInt64
    /// Memory of all processes of the browser, proportional set size, in bytes.
    public var browserBytes: UInt64
    /// Number of its processes.
    public var processes: UInt32

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        intervalMs: Double = 0,
        items: UInt64 = 0,
        busyMs: Double = 0,
        latencyP50Ms: Double = 0,
        latencyMaxMs: Double = 0,
        jsHeapBytes: UInt64 = 0,
        gpuProcessBytes: UInt64 = 0,
        browserBytes: UInt64 = 0,
        processes: UInt32 = 0
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.intervalMs = intervalMs
        self.items = items
        self.busyMs = busyMs
        self.latencyP50Ms = latencyP50Ms
        self.latencyMaxMs = latencyMaxMs
        self.jsHeapBytes = jsHeapBytes
        self.gpuProcessBytes = gpuProcessBytes
        self.browserBytes = browserBytes
        self.processes = processes
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.double(3, "interval_ms", &intervalMs)
        visitor.uint(4, "items", &items)
        visitor.double(5, "busy_ms", &busyMs)
        visitor.double(6, "latency_p50_ms", &latencyP50Ms)
        visitor.double(7, "latency_max_ms", &latencyMaxMs)
        visitor.uint(8, "js_heap_bytes", &jsHeapBytes)
        visitor.uint(9, "gpu_process_bytes", &gpuProcessBytes)
        visitor.uint(10, "browser_bytes", &browserBytes)
        visitor.uint(11, "processes", &processes)
    }

    public var payload: EventPayload { .metricsSampled(self) }
}
