import Testing

@testable import Pool

@Suite("The ladder")
struct LadderTests {
    private let start = EventTime(nanoseconds: 1_000_000_000)
    private func time(minutes: UInt64) -> EventTime { start.adding(milliseconds: minutes * 60_000) }

    @Test("restarts the GPU process no more often than the product bears")
    func gpuLosses() {
        var browser = BrowserState(id: BrowserID(3))
        browser.limitsGPULosses = true
        for minute: UInt64 in [0, 1] {
            #expect(browser.rungs(for: .shaderHung, at: time(minutes: minute)).first == .restartGPU)
            browser.loseGPU(at: time(minutes: minute))
        }
        #expect(browser.rungs(for: .shaderHung, at: time(minutes: 2)).first == .restartBrowser)
        #expect(browser.rungs(for: .deviceLost, at: time(minutes: 2)).first == .reloadPage)
        browser.loseGPU(at: time(minutes: 2))
        #expect(browser.rungs(for: .deviceLost, at: time(minutes: 2)).first == .restartBrowser)
        #expect(browser.rungs(for: .rendererCrashed, at: time(minutes: 2)).first == .reloadPage)
        // Five minutes after them, losses count no more.
        #expect(browser.rungs(for: .shaderHung, at: time(minutes: 6)).first == .restartGPU)
    }

    @Test("restarts the GPU process whenever it helps where the product has no limit")
    func unlimited() {
        var browser = BrowserState(id: BrowserID(3))
        for _ in 0..<5 { browser.loseGPU(at: start) }
        #expect(browser.rungs(for: .shaderHung, at: start).first == .restartGPU)
    }

    @Test("goes on with the next rung after one that was just tried in vain, and begins anew later")
    func nextRung() {
        var browser = BrowserState(id: BrowserID(3))
        browser.rung = .reloadPage
        browser.rungAt = start
        #expect(browser.rungs(for: .rendererCrashed, at: time(minutes: 1)).first == .freshPage)
        #expect(browser.rungs(for: .rendererCrashed, at: time(minutes: 2)).first == .reloadPage)
    }

    @Test("begins anew after a run has completed, and not before", arguments: [true, false])
    func completedRun(completes: Bool) {
        var pool = PoolScenario(
            PoolPolicy(maxConnections: 1, recoveryStrategy: .progressive, heartbeat: nil))
        let task = pool.running()
        let browser = pool.browser(of: task)
        pool.take(pool.failure(of: browser, .rendererCrashed, processEnded: false))
        #expect(pool.state.browsers[browser].rung == .reloadPage)
        pool.take(
            RungEnded(
                obligation: pool.owed(.heal), browser: browser, healed: true,
                backends: [BackendSupport(backend: .webgpu)]))
        pool.take(RunStarted(obligation: pool.run(of: task), allocation: pool.allocation(of: task)))
        pool.take(pool.progress(task, items: 10))
        if completes { pool.take(pool.completion(task)) }
        pool.take(pool.failure(of: browser, .rendererCrashed, processEnded: false))
        #expect(pool.state.browsers[browser].rung == (completes ? .reloadPage : .freshPage))
    }
}
