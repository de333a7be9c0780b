import Pool
import Testing

@testable import PoolSimulator

@Suite("The comparison of predictions")
struct PredictionComparisonTests {
    @Test("has every task succeed under every rule, counts what came true, and is the same each time")
    func outcomes() {
        let world = PredictionComparison(seed: 3, tasks: 60)
        #expect(world.outcomes.map(\.rule) == [nil, .phi, .model])
        for outcome in world.outcomes {
            #expect(outcome.succeeded == 60)
            let tally = outcome.predictions
            #expect(tally.leadsMs.count <= tally.failures)
            #expect(outcome.rule == nil ? tally == PredictionTally() : tally.failures > 0)
        }
        #expect(world.outcomes[0].moves == 0)
        #expect(world.outcomes[1].predictions.falseAlarms > 0 && world.outcomes[1].moves > 0)
        #expect(PredictionComparison(seed: 3, tasks: 60).outcomes == world.outcomes)
    }

    @Test("a prediction is true when its browser fails while it stands, and none when it was withdrawn")
    func tally() {
        var tally = PredictionTally()
        var sequence: UInt64 = 0
        func take(_ message: some EventMessage, at seconds: UInt64) {
            sequence += 1
            tally.take(
                Event(
                    sequence: sequence, at: EventTime(nanoseconds: seconds * 1_000_000_000), cause: 0,
                    payload: message.payload))
        }
        let (first, second) = (BrowserID(1), BrowserID(2))
        // A browser that was never heard of could not be predicted.
        take(BrowserFailed(browser: first), at: 1)
        #expect(tally.failures == 0)
        take(BrowserHeartbeat(browser: first), at: 2)
        take(BrowserHeartbeat(browser: second), at: 2)
        take(FailurePredicted(browser: first), at: 3)
        take(FailurePredicted(browser: second), at: 3)
        take(PredictionWithdrawn(browser: second), at: 5)
        take(BrowserFailed(browser: first), at: 9)
        take(BrowserCloseDecided(browser: second, reason: .silent), at: 10)
        #expect(tally.failures == 2)
        #expect(tally.leadsMs == [6_000])
        #expect(tally.falseAlarms == 1)
        #expect(tally.precision == 0.5 && tally.recall == 0.5)
        // A browser that is closed for another reason says nothing of a prediction.
        take(BrowserHeartbeat(browser: first), at: 11)
        take(FailurePredicted(browser: first), at: 12)
        take(BrowserCloseDecided(browser: first, reason: .recycled), at: 13)
        #expect(tally.failures == 2 && tally.falseAlarms == 1)
    }

    @Test("an ailment gets worse from its beginning to its end, and passes between its episodes")
    func ailment() {
        let ailment = Ailment(
            kind: .gpuSlows, afterMs: 1_000, lastsMs: 2_000, times: 11, end: .fails(.deviceLost), episodes: 2)
        let severities = [0, 1_000, 2_000, 2_999, 3_000, 4_000, 5_000, 6_000].map {
            ailment.severityMilli(afterMs: $0)
        }
        #expect(severities == [1_000, 1_000, 2_000, 2_999, 1_000, 1_000, 6_000, 1_000])
        #expect(ailment.endsAfterMs == 6_000)
    }
}
