/// What a browser's process shows of its state, from sign of life to sign of life.
public struct BrowserSigns: WireMessage, DefaultInitializable {
    /// Time that its process takes to answer, in microseconds.
    public var answer: SignTrend
    /// Time that its canary takes, in microseconds.
    public var canary: SignTrend
    /// Memory that it uses, in KiB.
    public var memory: SignTrend
    /// The suspicion of its last silence, phi in thousandths.
    public var phiMilli: UInt32
    /// How far all of them are from what is usual.
    public var levels: SignLevels
    /// What its signs were before, oldest first, at most 8: none is older than the horizon of predictions.
    public var examples: [SignExample]
    /// When its failure was predicted; 0 when no prediction stands.
    public var predictedAt: EventTime

    /// Most examples that are kept.
    static let exampleLimit = 8

    public init(
        answer: SignTrend = SignTrend(),
        canary: SignTrend = SignTrend(),
        memory: SignTrend = SignTrend(),
        phiMilli: UInt32 = 0,
        levels: SignLevels = SignLevels(),
        examples: [SignExample] = [],
        predictedAt: EventTime = .zero
    ) {
        self.answer = answer
        self.canary = canary
        self.memory = memory
        self.phiMilli = phiMilli
        self.levels = levels
        self.examples = examples
        self.predictedAt = predictedAt
    }

    public init() {
        self.init(phiMilli: 0)
    }

    /// Takes in what a sign of life says, and how suspicious the silence before it was.
    mutating func take(_ heartbeat: BrowserHeartbeat, phiMilli: UInt64, strikes: UInt32) {
        answer.take(Self.microseconds(heartbeat.answerMs))
        canary.take(Self.microseconds(heartbeat.canaryMs))
        memory.take(heartbeat.memoryBytes >> 10)
        fallSilent(phiMilli: phiMilli)
        levels.answerMilli = answer.riseMilli
        levels.canaryMilli = canary.riseMilli
        levels.memoryMilli = memory.riseMilli
        levels.strikesMilli = min(min(strikes, 4) * 1_000, SignLevels.most)
    }

    /// Takes in how suspicious its silence is.
    mutating func fallSilent(phiMilli: UInt64) {
        self.phiMilli = UInt32(min(phiMilli, UInt64(UInt32.max)))
        levels.silenceMilli = UInt32(min(phiMilli / 2, UInt64(SignLevels.most)))
    }

    /// Keeps its present signs, unless there are some that are hardly older; and gives those that are older than a
    /// horizon, of which it is known now that no failure came of them.
    mutating func keep(at now: EventTime, horizonNs: UInt64) -> [SignLevels] {
        let passed = examples.prefix { now.nanoseconds(since: $0.at) > horizonNs }
        examples.removeFirst(passed.count)
        let spacingNs = horizonNs / UInt64(Self.exampleLimit)
        if examples.count < Self.exampleLimit,
            examples.last.map({ now.nanoseconds(since: $0.at) >= spacingNs }) ?? true
        {
            examples.append(SignExample(at: now, levels: levels))
        }
        return passed.map(\.levels)
    }

    /// A measured time in whole microseconds, at least one, at most a day; 0 for what is no time.
    private static func microseconds(_ ms: Double) -> UInt64 {
        guard ms > 0, ms.isFinite else { return 0 }
        return UInt64(max(1, min(ms, Double(PoolPolicy.timeLimitMs)) * 1_000))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.message(1, "answer", &answer)
        visitor.message(2, "canary", &canary)
        visitor.message(3, "memory", &memory)
        visitor.uint(4, "phi_milli", &phiMilli)
        visitor.message(5, "levels", &levels)
        visitor.messages(6, "examples", &examples)
        visitor.time(7, "predicted_at_ns", &predictedAt)
    }
}
