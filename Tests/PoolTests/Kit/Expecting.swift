import PoolTestKit
import Testing

@testable import Pool

/// Expects that an observation gives exactly these decisions after itself, in this order: one more, one fewer or any
/// other field is a failure. Gives the events of the step.
@discardableResult
func expect(
    _ scenario: PoolScenario, on observation: some EventMessage, gives decisions: [EventPayload],
    sourceLocation: SourceLocation = #_sourceLocation
) -> [Event] {
    var pool = PoolUnderTest(scenario.state, at: scenario.now)
    do throws(StepMismatch) {
        return try pool.take(observation, decides: decisions)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return []
    }
}

/// Expects that an observation is refused or rejected, and that nothing changes.
func expect(
    _ scenario: PoolScenario, on observation: some EventMessage, becomes outcome: StepOutcome,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var pool = PoolUnderTest(scenario.state, at: scenario.now)
    do throws(StepMismatch) {
        try pool.take(observation, turnedAway: outcome)
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}
