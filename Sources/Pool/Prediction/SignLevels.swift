/// How far the signs of a browser are from what is usual with it, each in thousandths of its unit, 0 to 4,000.
public struct SignLevels: WireMessage, DefaultInitializable {
    /// The suspicion phi of its last silence; a unit is 2.
    public var silenceMilli: UInt32
    /// The natural logarithm of how many times as long its process takes to answer as it used to.
    public var answerMilli: UInt32
    /// The natural logarithm of how many times as long its canary takes as it used to.
    public var canaryMilli: UInt32
    /// The natural logarithm of how many times as much memory it uses as it used to.
    public var memoryMilli: UInt32
    /// Failures since a run last completed there; a unit is one.
    public var strikesMilli: UInt32

    /// The highest level.
    static let most: UInt32 = 4_000

    public init(
        silenceMilli: UInt32 = 0,
        answerMilli: UInt32 = 0,
        canaryMilli: UInt32 = 0,
        memoryMilli: UInt32 = 0,
        strikesMilli: UInt32 = 0
    ) {
        self.silenceMilli = silenceMilli
        self.answerMilli = answerMilli
        self.canaryMilli = canaryMilli
        self.memoryMilli = memoryMilli
        self.strikesMilli = strikesMilli
    }

    public init() {
        self.init(silenceMilli: 0)
    }

    /// In the order of the fields.
    var all: [UInt32] { [silenceMilli, answerMilli, canaryMilli, memoryMilli, strikesMilli] }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "silence_milli", &silenceMilli)
        visitor.uint(2, "answer_milli", &answerMilli)
        visitor.uint(3, "canary_milli", &canaryMilli)
        visitor.uint(4, "memory_milli", &memoryMilli)
        visitor.uint(5, "strikes_milli", &strikesMilli)
    }
}
