import Testing

@testable import Pool

@Suite("The load of a pool")
struct LoadTests {
    private let policy = ScalingPolicy(stableWindowMs: 60_000, panicWindowMs: 6_000)
    private let beginning = EventTime(nanoseconds: 1_000_000_000_000)

    private func after(_ ms: UInt64) -> EventTime { beginning.adding(milliseconds: ms) }

    private func state(demand: UInt32 = 0) -> ScalingState {
        ScalingState(target: 1, demand: demand, measuredFrom: beginning, measuredAt: beginning)
    }

    @Test("is the mean of what ran or could run, exactly, over the time that was measured")
    func means() {
        var state = state()
        state.change(3, at: after(1_000), policy)
        state.change(-2, at: after(5_000), policy)
        let load = state.load(at: after(10_000), policy)
        // 0 for 1 s, 3 for 4 s, 1 for 5 s.
        #expect(load.stable.demandMilli == 1_700)
        #expect(load.stable.lengthNs == 10_000_000_000 && !load.stable.isFull)
        // The panic window is the bucket under way, which begins now, and the two of 2 s before it.
        #expect(load.panic.demandMilli == 1_000 && load.panic.lengthNs == 4_000_000_000)
        #expect(load.panic.isFull)
    }

    @Test("forgets what has left the window, and goes on with what runs")
    func window() {
        var state = state(demand: 2)
        state.change(-2, at: after(30_000), policy)
        #expect(state.load(at: after(58_000), policy).stable.demandMilli == 1_034)
        let later = state.load(at: after(70_000), policy)
        #expect(later.stable.isFull && later.stable.lengthNs == 58_000_000_000)
        #expect(later.stable.demandMilli == 18_000 * 2 / 58)
        #expect(state.load(at: after(1_000_000), policy).stable.demandMilli == 0)
    }

    @Test("counts arrivals by window, and keeps no more than 30 buckets")
    func arrivals() {
        var state = state()
        for second in 0..<200 as Range<UInt64> { state.arrive(at: after(second * 1_000), policy) }
        #expect(state.buckets.count == 30 && state.isSound)
        let load = state.load(at: after(199_000), policy)
        #expect(load.stable.arrivals == 60 && load.panic.arrivals == 6)
    }

    @Test("is the same however often it was taken in between")
    func additive() {
        var (once, often) = (state(demand: 5), state(demand: 5))
        for ms in stride(from: 7, through: 90_000, by: 7) {
            often.measure(through: after(UInt64(ms)), policy)
        }
        once.measure(through: after(89_999), policy)
        #expect(once.load(at: after(90_001), policy) == often.load(at: after(90_001), policy))
    }

    @Test("takes the longest windows, the most tasks and the end of time without a trap")
    func extremes() {
        let longest = ScalingPolicy(stableWindowMs: .max, panicWindowMs: .max)
        var state = ScalingState(
            demand: .max, measuredAt: EventTime(nanoseconds: 1),
            buckets: [LoadBucket(number: 0, demandUs: .max, arrivals: .max)])
        state.arrive(at: EventTime(nanoseconds: 2), longest)
        state.change(.max, at: EventTime(nanoseconds: .max), longest)
        state.change(.min, at: EventTime(nanoseconds: .max), longest)
        _ = state.load(at: EventTime(nanoseconds: .max), longest)
        #expect(state.isSound)
    }
}
