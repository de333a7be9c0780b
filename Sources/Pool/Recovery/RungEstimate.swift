/// What is known of a rung where one is chosen.
public struct RungEstimate: WireMessage, DefaultInitializable {
    /// The rung.
    public var rung: Rung
    /// Times that it was taken after the same evidence.
    public var trials: UInt32
    /// Those that healed the browser.
    public var healed: UInt32
    /// What it is expected to take by itself, in microseconds.
    public var timeUs: UInt64
    /// What the first run on the healed browser is then expected to take to start, in microseconds.
    public var startUs: UInt64
    /// What it is expected to take from it on until a run has started, those after it included, in microseconds: the rung
    /// with the least is chosen.
    public var expectedUs: UInt64

    public init(
        rung: Rung = .failOver,
        trials: UInt32 = 0,
        healed: UInt32 = 0,
        timeUs: UInt64 = 0,
        startUs: UInt64 = 0,
        expectedUs: UInt64 = 0
    ) {
        self.rung = rung
        self.trials = trials
        self.healed = healed
        self.timeUs = timeUs
        self.startUs = startUs
        self.expectedUs = expectedUs
    }

    public init() {
        self.init(expectedUs: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "rung", &rung)
        visitor.uint(2, "trials", &trials)
        visitor.uint(3, "healed", &healed)
        visitor.uint(4, "time_us", &timeUs)
        visitor.uint(5, "expected_us", &expectedUs)
        visitor.uint(6, "start_us", &startUs)
    }
}
