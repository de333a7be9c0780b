import Testing

@testable import Pool

@Suite("Folding")
struct EvolutionTests {
    @Test("stops at an event that does not follow")
    func gap() async {
        await #expect(processExitsWith: .failure) {
            var state = PoolState()
            state.evolve(Event(sequence: 2, at: .zero, cause: 0, payload: EngineStarted().payload))
        }
    }

    @Test("stops at a transition that the core would have refused")
    func impossible() async {
        await #expect(processExitsWith: .failure) {
            var state = PoolState()
            state.evolve(
                Event(sequence: 1, at: .zero, cause: 0, payload: TaskSucceeded(task: TaskID(4)).payload))
        }
    }

    @Test("a time before the last event counts as the last event's")
    func timeNeverGoesBack() {
        var pool = PoolScenario()
        let last = pool.state.lastEventAt
        guard case .recorded(let events) = pool.state.decide(TaskSubmitted(spec: .test()).payload, at: .zero)
        else {
            Issue.record("nothing was recorded")
            return
        }
        #expect(events.allSatisfy { $0.at == last })
        pool.wait(milliseconds: 1)
        #expect(pool.take(TaskSubmitted(spec: .test())).allSatisfy { $0.at == pool.now })
    }
}
