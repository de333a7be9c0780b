import Testing

@testable import Pool

@Suite("A browser's signs of life")
struct HeartbeatDecisionTests {
    private static let policy = PoolPolicy(
        maxConnections: 1,
        heartbeat: HeartbeatPolicy(
            intervalMs: 1_000, suspectPhiMilli: 8_000, failPhiMilli: 12_000, failAfterMs: 5_000))

    /// A task that runs on a browser which has been heard of every second, for half a minute.
    private func heard() -> (PoolScenario, TaskID, BrowserID) {
        var pool = PoolScenario(Self.policy)
        let task = pool.running(.test(items: 100))
        let browser = pool.browser(of: task)
        for _ in 0..<30 { beat(browser, in: &pool) }
        return (pool, task, browser)
    }

    private func beat(_ browser: BrowserID, in pool: inout PoolScenario) {
        pool.wait(milliseconds: 1_000)
        pool.take(heartbeat(of: browser, in: pool))
    }

    private func heartbeat(of browser: BrowserID, in pool: PoolScenario) -> BrowserHeartbeat {
        BrowserHeartbeat(
            browser: browser, incarnation: pool.state.browsers[browser].incarnation, answerMs: 1)
    }

    @Test("set when the next one is missed: the suspicion is that of its silence")
    func suspicion() {
        var (pool, _, browser) = heard()
        let fired = pool.fireEarliest(.heartbeat)
        #expect(fired.subject == browser.sequence)
        // A quarter of the mean is the least deviation that is believed: 1 s + 5.6 × 0.25 s.
        #expect(
            (2_300...2_500).contains(
                fired.dueAt.nanoseconds(since: pool.state.browsers[browser].heardAt) / 1_000_000))
        #expect(pool.state.browsers[browser].suspected)
    }

    @Test("that are missed give the browser up when it was silent for long enough, and its tasks recover")
    func givenUp() {
        var (pool, task, browser) = heard()
        pool.fireEarliest(.heartbeat)
        let heardAt = pool.state.browsers[browser].heardAt
        pool.fireEarliest(.heartbeat)
        #expect(pool.now == heardAt.adding(milliseconds: 5_000))
        #expect(pool.state.browsers[browser].phase == .closing)
        #expect(pool.state.recoveries.find(pool.state.tasks[task].recovery)?.evidence == .heartbeatMissed)
    }

    @Test("that come after all clear the suspicion, and work is given to it again")
    func cleared() {
        var (pool, task, browser) = heard()
        pool.fireEarliest(.heartbeat)
        pool.take(pool.progress(task, items: 100))
        pool.take(pool.completion(task))
        let next = pool.submit()
        #expect(pool.state.tasks[next].phase == .queued, "nothing new is given to a suspected browser")
        let silence = pool.now.nanoseconds(since: pool.state.browsers[browser].heardAt)
        let events = pool.take(heartbeat(of: browser, in: pool)).map(\.payload)
        #expect(events.contains(.suspicionCleared(SuspicionCleared(browser: browser, silentNs: silence))))
        #expect(pool.browser(of: next) == browser)
    }

    @Test("of a former process, or of one that is not usable, are stale")
    func stale() {
        var (pool, _, browser) = heard()
        let former = heartbeat(of: browser, in: pool)
        pool.take(pool.failure(of: browser))
        expect(pool, on: former, becomes: .refused(.stale, subject: former.incarnation.sequence))
        pool.launch()
        expect(pool, on: former, becomes: .refused(.stale, subject: former.incarnation.sequence))
        #expect(pool.state.browsers[browser].heardAt == .zero)
    }

    @Test("that come unevenly are waited for longer")
    func uneven() {
        var pool = PoolScenario(Self.policy)
        let task = pool.running()
        let browser = pool.browser(of: task)
        for round in 0..<40 {
            pool.wait(milliseconds: round.isMultiple(of: 2) ? 100 : 1_900)
            pool.take(heartbeat(of: browser, in: pool))
        }
        let (mean, deviation) = pool.state.browsers[browser].heartbeat(HeartbeatPolicy(intervalMs: 1_000))
        #expect((800_000...1_200_000).contains(mean))
        #expect((700_000...1_000_000).contains(deviation))
    }

    @Test("are weighed by a phi that grows with the silence and agrees with the normal distribution")
    func phi() {
        var last: UInt64 = 0
        for deviations in stride(from: UInt64(0), through: 40_000, by: 100) {
            let phi = Suspicion.phiMilli(deviations: deviations)
            #expect(phi >= last)
            last = phi
            let back = Suspicion.deviations(forPhiMilli: phi)
            #expect(back <= deviations && Suspicion.phiMilli(deviations: back) >= phi)
        }
        // −log₁₀ of one-sided tails of the normal distribution: 0.02275 at 2, 1.350e-3 at 3, 2.867e-7 at 5, and so on.
        let tails: [(deviations: UInt64, phi: UInt64)] = [
            (1_000, 800), (2_000, 1_643), (3_000, 2_870), (5_000, 6_543), (7_000, 11_893), (10_000, 23_118),
        ]
        for (deviations, phi) in tails {
            let found = Suspicion.phiMilli(deviations: deviations)
            #expect(found.distance(to: phi).magnitude <= 12, "\(found) at \(deviations), not \(phi)")
        }
        for (value, logarithm) in [(1, 0), (10, 1_000), (1_000, 3_000), (707, 2_849), (2, 301)]
            as [(UInt64, UInt64)]
        {
            #expect(FixedPoint.log10Milli(value).distance(to: logarithm).magnitude <= 1)
        }
        for root in [0, 1, 2, 3, 999, 1_000, 4_294_967_295] as [UInt64] {
            #expect(FixedPoint.squareRoot(root * root) == root)
            if root > 1 { #expect(FixedPoint.squareRoot(root * root - 1) == root - 1) }
        }
        for power in 0..<64 {
            let squares: [UInt64] = [.max >> power, 1 << power, 0x5555_5555_5555_5555 >> power]
            for square in squares {
                let root = FixedPoint.squareRoot(square)
                #expect(UInt128(root) * UInt128(root) <= UInt128(square))
                #expect(UInt128(root + 1) * UInt128(root + 1) > UInt128(square), "the root of \(square)")
            }
        }
    }
}
