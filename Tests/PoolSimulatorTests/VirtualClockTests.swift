import Pool
import PoolSimulator
import Testing

@Suite("Virtual time")
struct VirtualClockTests {
    private func time(_ nanoseconds: UInt64) -> EventTime { EventTime(nanoseconds: nanoseconds) }

    @Test("passes from one thing to the next, in order of time and then of planning")
    func order() {
        var clock = VirtualClock<Int>(now: time(100))
        for (value, at) in [(1, 300), (2, 200), (3, 300), (4, 200), (5, 400), (6, 100)] {
            clock.plan(value, at: time(UInt64(at)))
        }
        var taken: [Int] = []
        while let value = clock.advance() { taken.append(value) }
        #expect(taken == [6, 2, 4, 1, 3, 5])
        #expect(clock.now == time(400))
        #expect(clock.nextAt == nil)
    }

    @Test(
        "keeps the order while things are planned and taken in turn", arguments: 1...20 as ClosedRange<UInt64>
    )
    func interleaved(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var clock = VirtualClock<UInt64>(now: .zero)
        var expected: [(at: UInt64, order: UInt64)] = []
        for order in 0..<500 as Range<UInt64> {
            let at = clock.now.nanoseconds + random.below(40)
            clock.plan(order, at: time(at))
            expected.append((at, order))
            for _ in 0..<random.below(3) {
                let next = expected.min { $0.at != $1.at ? $0.at < $1.at : $0.order < $1.order }
                #expect(clock.nextAt == next.map { time($0.at) })
                #expect(clock.advance() == next?.order)
                if let next { #expect(clock.now == time(next.at)) }
                expected.removeAll { $0.order == next?.order }
            }
        }
    }

    @Test("never goes back: what is planned for the past happens now")
    func past() {
        var clock = VirtualClock<Int>(now: time(100))
        clock.plan(1, at: time(50))
        #expect(clock.nextAt == time(100))
        _ = clock.advance()
        #expect(clock.now == time(100))
    }
}
