import Testing

@testable import Pool

/// What a model carries from item to item is part of a task's checkpoint.
@Suite("A checkpoint")
struct CheckpointTests {
    private static let state = Payload(inline: [1, 2, 3], sizeBytes: 3)

    @Test("is what the last recorded items left, and outlives the run")
    func carriedOn() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        var progress = pool.progress(task, items: 4)
        progress.state = Self.state
        pool.take(progress)
        #expect(pool.state.tasks[task].checkpoint == Self.state)
        let failed = RunFailed(
            obligation: pool.run(of: task), allocation: pool.allocation(of: task), failure: .executorFault)
        pool.take(failed)
        pool.fireEarliest(.retry)
        #expect(pool.run(of: task) != failed.obligation)
        #expect(pool.state.tasks[task].checkpoint == Self.state)
    }

    @Test("is gone when items leave nothing to carry on")
    func nothingLeft() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        let task = pool.running()
        var progress = pool.progress(task, items: 4)
        progress.state = Self.state
        pool.take(progress)
        pool.take(pool.progress(task, items: 1))
        #expect(pool.state.tasks[task].checkpoint == nil)
    }
}

/// What a browser did and used is recorded and changes nothing.
@Suite("A sample")
struct SampleTests {
    @Test("of the present incarnation is recorded, of another one refused")
    func incarnation() {
        var pool = PoolScenario(PoolPolicy(maxConnections: 1))
        _ = pool.running()
        let browser = pool.state.browsers.ids[0]
        var sample = MetricsSampled(
            browser: browser, incarnation: pool.state.browsers[browser].incarnation, items: 3)
        expect(pool, on: sample, gives: [])
        sample.incarnation = IncarnationID(1)
        expect(pool, on: sample, becomes: .refused(.stale, subject: 1))
    }
}
