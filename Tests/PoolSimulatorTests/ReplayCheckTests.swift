import Pool
import PoolEngine
import Testing

@testable import PoolSimulator

@Suite("At the end of a simulation, the checker sees")
struct ReplayCheckTests {
    private let result = Simulation(.drawn(seed: 7)).run()

    /// What is found in a log with the steps of the simulation, changed as a test likes.
    private func violations(
        final: PoolState?, _ change: (inout [[Event]]) -> Void = { _ in }
    ) -> [InvariantViolation] {
        var steps = SeededRuns.steps(of: result.log)
        change(&steps)
        let log = MemoryEventStore(logID: result.log.logID)
        for step in steps { _ = log.submit(StoredStep(records: step.map { $0.encoded() })) { _ in } }
        var checker = InvariantChecker()
        checker.replay(log, to: final)
        return checker.violations
    }

    @Test("nothing in the log as it is")
    func asItIs() { #expect(violations(final: result.finalState) == []) }

    @Test("a log that folds to another state than the engine's (CORE-1)")
    func otherState() {
        var other = result.finalState
        other.evolve(
            Event(
                sequence: other.position + 1, at: other.lastEventAt, cause: 0,
                payload: ReportsRefused(refusal: .stale, count: 1).payload))
        #expect(violations(final: other).map(\.invariant) == [.core1])
        #expect(violations(final: nil) == [])
    }

    @Test("a decision that is not the one that is taken again, once and where it stands (CORE-2)")
    func otherDecision() throws {
        var altered: UInt64 = 0
        let found = violations(final: nil) { steps in
            for (step, events) in steps.enumerated() where altered == 0 {
                for (index, event) in events.enumerated() {
                    guard case .taskGranted(var granted) = event.payload else { continue }
                    granted.leaseDeadline = granted.leaseDeadline.adding(milliseconds: 1)
                    steps[step][index].payload = granted.payload
                    altered = events[0].sequence
                }
            }
        }
        #expect(found.map(\.invariant) == [.core2])
        #expect(found.first?.sequence == altered && altered > 0)
    }

    @Test("a log that no engine can start from (CORE-1)")
    func impossible() {
        let found = violations(final: nil) { $0[2].removeLast() }
        #expect(found.map(\.invariant).contains(.core1))
    }
}
