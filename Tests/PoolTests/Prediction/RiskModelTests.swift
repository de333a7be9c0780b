import Foundation
import Testing

@testable import Pool

@Suite("Risk of a failure")
struct RiskModelTests {
    @Test(
        "the logistic function is within two millionths of its value",
        arguments: [
            -40_000_001, -17_500_000,
            -3_000_000, -693_147, -1, 0, 1, 250_000, 693_148, 1_000_000, 5_000_000, 13_815_510, 39_999_999,
            60_000_000,
        ])
    func logistic(x: Int64) {
        let exact = 1 / (1 + exp(-Double(x) / 1_000_000))
        #expect(abs(Double(FixedPoint.logisticMicro(x)) / 1_000_000 - exact) <= 0.000_002)
    }

    @Test("the risk rises with every sign and is below 1")
    func monotonic() {
        var model = RiskModel()
        for _ in 0..<50 { model.learnFailure(after: [SignExample(levels: Self.levels(canary: 2_000))]) }
        var last: UInt64 = 0
        for level in stride(from: UInt32(0), through: 4_000, by: 500) {
            let risk = model.riskMicro(Self.levels(canary: level))
            #expect(risk >= last && risk < 1_000_000)
            last = risk
        }
        #expect(model.riskMicro(Self.levels(canary: 9_000_000)) == last)
    }

    @Test("it learns which sign speaks for a failure, and how often")
    func learning() {
        var model = RiskModel()
        var state = UInt64(7)
        func random(below bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<4_000 {
            // A rising canary comes before nine failures in ten; the answer says nothing.
            let ails = random(below: 10) == 0
            let levels = Self.levels(
                answer: UInt32(random(below: 2_000)), canary: ails ? 1_500 : UInt32(random(below: 200)))
            let failed = random(below: 10) < (ails ? 9 : 0)
            if failed {
                model.learnFailure(after: [SignExample(levels: levels)])
            } else {
                model.learn(levels, failed: false)
            }
        }
        #expect(model.isReady)
        #expect((750_000...990_000).contains(model.riskMicro(Self.levels(answer: 1_000, canary: 1_500))))
        #expect(model.riskMicro(Self.levels(answer: 1_000)) < 20_000)
        #expect(model.weights[2].weightMicro > 4 * model.weights[1].weightMicro)
        #expect(model.weights[3] == SignWeight())
    }

    @Test("nothing that it is taught takes it beyond its bounds", arguments: [true, false])
    func bounds(failed: Bool) {
        var model = RiskModel()
        let most = SignLevels.most
        let levels = SignLevels(
            silenceMilli: most, answerMilli: most, canaryMilli: .max, memoryMilli: most, strikesMilli: most)
        for _ in 0..<20_000 { model.learn(levels, failed: failed) }
        #expect(model.isSound)
        #expect(failed ? model.riskMicro(levels) > 999_000 : model.riskMicro(levels) < 1_000)
    }

    @Test("what slowly gets worse does not get usual")
    func trend() {
        var trend = SignTrend()
        #expect(trend.riseMilli == 0)
        for _ in 0..<40 { trend.take(2_000) }
        #expect(trend.riseMilli == 0)
        trend.take(0)
        #expect(trend.recent == 2_000)
        for step in 1...20 { trend.take(2_000 + UInt64(step) * 400) }
        #expect((1_000...1_600).contains(trend.riseMilli))
        for _ in 0..<60 { trend.take(2_000) }
        #expect(trend.riseMilli < 50)
        trend.take(.max)
        #expect((3_000...SignLevels.most).contains(trend.riseMilli))
    }

    private static func levels(answer: UInt32 = 0, canary: UInt32 = 0) -> SignLevels {
        SignLevels(answerMilli: answer, canaryMilli: canary)
    }
}
