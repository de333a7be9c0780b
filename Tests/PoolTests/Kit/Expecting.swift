import Testing

@testable import Pool

/// Expects that an observation gives exactly these decisions after itself, in this order: one more, one fewer or any
/// other field is a failure. Gives the events of the step.
@discardableResult
func expect(
    _ scenario: PoolScenario, on observation: some EventMessage, gives decisions: [EventPayload],
    sourceLocation: SourceLocation = #_sourceLocation
) -> [Event] {
    let outcome = scenario.state.decide(observation.payload, at: scenario.now)
    guard case .recorded(let events) = outcome else {
        Issue.record("nothing was recorded: \(outcome)", sourceLocation: sourceLocation)
        return []
    }
    let first = scenario.state.position + 1
    #expect(
        events.map(\.sequence) == Array(first..<first + UInt64(events.count)), sourceLocation: sourceLocation)
    #expect(events.first?.payload == observation.payload, sourceLocation: sourceLocation)
    let taken = events.dropFirst().map(\.payload)
    for (index, decision) in taken.enumerated() {
        guard index < decisions.count else {
            Issue.record(
                "a decision that the test does not name: \(decision)", sourceLocation: sourceLocation)
            continue
        }
        #expect(decision == decisions[index], sourceLocation: sourceLocation)
    }
    for missing in decisions.dropFirst(taken.count) {
        Issue.record("a decision was not taken: \(missing)", sourceLocation: sourceLocation)
    }
    return events
}

/// Expects that an observation is refused or rejected, and that nothing changes.
func expect(
    _ scenario: PoolScenario, on observation: some EventMessage, becomes outcome: StepOutcome,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var state = scenario.state
    #expect(state.step(observation.payload, at: scenario.now) == outcome, sourceLocation: sourceLocation)
    #expect(state == scenario.state, sourceLocation: sourceLocation)
}
