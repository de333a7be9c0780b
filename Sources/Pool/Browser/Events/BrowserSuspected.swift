/// A browser was not heard of for longer than it should be; it is given no task until it is.
public struct BrowserSuspected: EventMessage {
    public static let number = 67
    public static let name: StaticString = "browser_suspected"

    /// The browser.
    public var browser: BrowserID
    /// The suspicion, phi, in thousandths: 8000 means that it is mistaken once in 10^8 times.
    public var phiMilli: UInt32
    /// Time since it was last heard of, in nanoseconds.
    public var silentNs: UInt64
    /// Mean time between two signs of life, in microseconds.
    public var meanUs: UInt64
    /// Their standard deviation as it was taken to be, in microseconds.
    public var deviationUs: UInt64

    public init(
        browser: BrowserID = BrowserID(0),
        phiMilli: UInt32 = 0,
        silentNs: UInt64 = 0,
        meanUs: UInt64 = 0,
        deviationUs: UInt64 = 0
    ) {
        self.browser = browser
        self.phiMilli = phiMilli
        self.silentNs = silentNs
        self.meanUs = meanUs
        self.deviationUs = deviationUs
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.uint(2, "phi_milli", &phiMilli)
        visitor.uint(3, "silent_ns", &silentNs)
        visitor.uint(4, "mean_us", &meanUs)
        visitor.uint(5, "deviation_us", &deviationUs)
    }

    public var payload: EventPayload { .browserSuspected(self) }
}
