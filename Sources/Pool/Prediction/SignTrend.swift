/// What something measured again and again is now, and what it used to be.
public struct SignTrend: WireMessage, DefaultInitializable {
    /// Mean of the first four, then each new one counts a fourth.
    public var recent: UInt64
    /// Mean of the first eight; then each lower one counts a sixteenth, and each higher one a 128th, so that what slowly gets
    /// worse does not get usual.
    public var usual: UInt64
    /// How many there were, at most eight.
    public var samples: UInt32

    public init(recent: UInt64 = 0, usual: UInt64 = 0, samples: UInt32 = 0) {
        self.recent = recent
        self.usual = usual
        self.samples = samples
    }

    public init() {
        self.init(recent: 0)
    }

    /// Takes in a value; 0 stands for one that was not measured.
    mutating func take(_ value: UInt64) {
        guard value > 0 else { return }
        samples = min(samples, 8) + 1
        recent = FixedPoint.moving(recent, towards: value, by: min(samples, 4))
        let settled: UInt32 = value < usual ? 16 : 128
        usual = FixedPoint.moving(usual, towards: value, by: samples > 8 ? settled : samples)
        samples = min(samples, 8)
    }

    /// The natural logarithm of how many times as high as usual it is, in thousandths, at most `SignLevels.most`.
    var riseMilli: UInt32 {
        guard recent > usual, usual > 0 else { return 0 }
        // ln 1,000 = 6.907755.
        let rise = FixedPoint.lnMilli(FixedPoint.ratioMilli(recent, to: usual))
        return UInt32(min(rise > 6_907 ? rise - 6_907 : 0, UInt64(SignLevels.most)))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "recent", &recent)
        visitor.uint(2, "usual", &usual)
        visitor.uint(3, "samples", &samples)
    }
}
