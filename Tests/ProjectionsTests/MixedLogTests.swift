import Pool
import Testing

@testable import Projections

/// Nothing that Weir runs writes such a log; an imported one may be.
@Suite("In a log with simulated engines and real ones")
struct MixedLogTests {
    @Test("every task and browser says which it belongs to, and what was ever simulated stays so (EXEC-4)")
    func records() {
        var scenario = Scenario()
        scenario.startEngine(simulated: true)
        let first = scenario.submit()
        let simulated = scenario.launch()
        let left = scenario.submit()
        scenario.startEngine(simulated: false)
        let real = scenario.submit()
        var (tasks, browsers) = (TaskHistory(), BrowserHistory())
        for event in scenario.events {
            tasks.apply(event)
            browsers.apply(event)
        }
        #expect(tasks[first]?.simulated == true)
        #expect(tasks[left]?.simulated == true)
        #expect(tasks[real]?.simulated == false)
        #expect(browsers[simulated]?.simulated == true)
        let launched = BrowserID(scenario.last("browser_launch_decided").sequence)
        #expect(browsers[launched].map { $0.simulated == false || $0.launches > 1 } == true)
    }

    @Test("what a simulated engine does to a real task makes it a simulated one (EXEC-4)")
    func touched() {
        var scenario = Scenario()
        scenario.startEngine(simulated: false)
        let task = scenario.submit()
        var history = TaskHistory()
        for event in scenario.events { history.apply(event) }
        #expect(history[task]?.simulated == false)
        let before = scenario.events.count
        scenario.startEngine(simulated: true)
        scenario.take(TaskCancelRequested(task: task))
        for event in scenario.events.dropFirst(before) { history.apply(event) }
        #expect(history[task]?.status == .cancelled)
        #expect(history[task]?.simulated == true)
    }

    @Test("the story names a simulated engine as one")
    func sentence() throws {
        var scenario = Scenario()
        scenario.startEngine(simulated: true)
        scenario.startEngine(simulated: false)
        let sentences = scenario.events.compactMap { event in
            if case .engineStarted(let started) = event.payload { started.sentence } else { nil }
        }
        #expect(sentences.count == 2)
        #expect(sentences[0].hasPrefix("a simulated engine of version"))
        #expect(sentences[1].hasPrefix("an engine of version"))
    }
}
