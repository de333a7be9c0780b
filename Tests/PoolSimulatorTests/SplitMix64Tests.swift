import PoolSimulator
import Testing

@Suite("The seeded generator")
struct SplitMix64Tests {
    @Test("gives the published sequence of its seed")
    func knownSequence() {
        var random = SplitMix64(seed: 1_234_567)
        let drawn = (0..<5).map { _ in random.next() }
        #expect(
            drawn == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("stays within its bounds and reaches both of them")
    func bounds() {
        var random = SplitMix64(seed: 1)
        let drawn = Set((0..<1_000).map { _ in random.within(3...6) })
        #expect(drawn == [3, 4, 5, 6])
        #expect(!(0..<100).contains { _ in random.chance(perMille: 0) })
        #expect((0..<100).allSatisfy { _ in random.chance(perMille: 1_000) })
    }

    @Test("forks into one whose draws leave it alone")
    func forks() {
        var one = SplitMix64(seed: 9)
        var other = SplitMix64(seed: 9)
        var fork = one.fork()
        _ = other.fork()
        _ = fork.next()
        #expect(one.next() == other.next())
    }
}
