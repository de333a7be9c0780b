/// What a rung did after one evidence.
public struct RungExperience: WireMessage, DefaultInitializable {
    /// What was seen; absent for a new process, whatever was seen of the old one.
    public var evidence: Evidence?
    /// The rung.
    public var rung: Rung
    /// Times that it was taken.
    public var trials: UInt32
    /// Those that healed the browser.
    public var healed: UInt32
    /// Mean time that it took, in microseconds: of the first 16, then each new one counts a sixteenth.
    public var timeUs: UInt64
    /// First runs on the browsers that it healed.
    public var starts: UInt32
    /// Mean time from the grant until such a run had started, in microseconds, taken likewise: short where the rung left
    /// the model in the page.
    public var startUs: UInt64

    public init(
        evidence: Evidence? = nil,
        rung: Rung = .failOver,
        trials: UInt32 = 0,
        healed: UInt32 = 0,
        timeUs: UInt64 = 0,
        starts: UInt32 = 0,
        startUs: UInt64 = 0
    ) {
        self.evidence = evidence
        self.rung = rung
        self.trials = trials
        self.healed = healed
        self.timeUs = timeUs
        self.starts = starts
        self.startUs = startUs
    }

    public init() {
        self.init(timeUs: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.optionalChoice(1, "evidence", &evidence)
        visitor.choice(2, "rung", &rung)
        visitor.uint(3, "trials", &trials)
        visitor.uint(4, "healed", &healed)
        visitor.uint(5, "time_us", &timeUs)
        visitor.uint(6, "starts", &starts)
        visitor.uint(7, "start_us", &startUs)
    }
}
