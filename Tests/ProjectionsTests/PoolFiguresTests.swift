import Pool
import Projections
import Testing

/// What a pool comes to. In a scenario, observations are a second apart.
@Suite struct PoolFiguresTests {
    private static let second: UInt64 = 1_000_000_000

    private func figures(_ scenario: Scenario) -> PoolFigures {
        scenario.events.reduce(into: PoolFigures()) { $0.apply($1) }
    }

    @Test("a task that succeeds has waited until it was given a browser, and taken until its end")
    func success() {
        var scenario = Scenario()
        scenario.startEngine()
        scenario.submit()
        scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 10)
        scenario.completeRun()
        let figures = figures(scenario)
        #expect(figures.ended(.succeeded) == 1 && figures.unfinished == 0)
        #expect(figures.itemsDone == 10 && figures.itemsRunAgain == 0)
        #expect(figures.queueWaits.value(percent: 50) == Self.second)
        #expect(figures.taskTimes.value(percent: 99) == 4 * Self.second)
        #expect(figures.launches == 1 && figures.failedLaunches == 0)
        #expect(figures.browserNs == 4 * Self.second)
        #expect(figures.lostNs == 0 && figures.elapsedNs == 6 * Self.second)
    }

    @Test("time is lost from the last report of a run that failed until the task runs again")
    func failure() {
        var scenario = Scenario()
        scenario.startEngine()
        scenario.submit()
        let browser = scenario.launch()
        scenario.beginRun()
        scenario.progress(from: 0, count: 4)
        scenario.fail(browser)
        scenario.launch()
        var figures = figures(scenario)
        #expect(figures.lostNs == 0, "it does not run again yet")
        scenario.beginRun()
        figures = self.figures(scenario)
        #expect(figures.lostNs == 3 * Self.second)
        #expect(figures.itemsRunAgain == 6, "those that were left are fewer than a batch")
        let recoveries = figures.recoveries(by: .immediate)
        #expect(recoveries.began == 1 && recoveries.committed == 1 && recoveries.rolledBack == 0)
        #expect(figures.recoveries(by: .parallel).began == 0)
        #expect(figures.launches == 2)
        // The process lived for four seconds, and the one after it for two.
        #expect(figures.browserNs == 6 * Self.second)
    }

    @Test("the pause before an engine is no time, and its predecessor's browsers live no longer")
    func engines() {
        var scenario = Scenario()
        scenario.startEngine()
        scenario.submit()
        scenario.launch()
        scenario.beginRun()
        let before = figures(scenario)
        scenario.take(
            EngineStarted(
                revision: PoolState.decisionRevision, logID: Array(repeating: 1, count: 16), holdTasks: true))
        let after = figures(scenario)
        #expect(after.elapsedNs == before.elapsedNs)
        #expect(after.browserNs == before.browserNs)
        #expect(after.unfinished == 1 && after.itemsRunAgain == 10)
    }

    @Test("a history that begins with a state goes on from there")
    func continuing() {
        var scenario = Scenario()
        scenario.startEngine()
        scenario.submit()
        scenario.launch()
        scenario.beginRun()
        let (state, seen) = (scenario.state, scenario.events.count)
        scenario.progress(from: 0, count: 10)
        scenario.completeRun()
        var figures = PoolFigures(continuing: state)
        for event in scenario.events[seen...] { figures.apply(event) }
        #expect(figures.ended(.succeeded) == 1 && figures.unfinished == 0)
        #expect(figures.elapsedNs == 2 * Self.second && figures.browserNs == 2 * Self.second)
        #expect(figures.queueWaits.count == 0, "when it was submitted is not known")
        #expect(figures.taskTimes.count == 0)
    }

    @Test("quantiles are values that occur, by nearest rank")
    func quantiles() {
        var values = Quantiles()
        #expect(values.value(percent: 50) == nil)
        for value in [40, 10, 30, 20] as [UInt64] { values.add(value) }
        #expect(values.count == 4)
        let expected: [(Int, UInt64)] = [
            (1, 10), (25, 10), (26, 20), (50, 20), (75, 30), (76, 40), (100, 40),
        ]
        for (percent, value) in expected { #expect(values.value(percent: percent) == value, "\(percent)") }
        #expect(Quantiles([7]).value(percent: 99) == 7)
    }
}
