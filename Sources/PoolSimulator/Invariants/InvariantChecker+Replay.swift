import Pool
import PoolEngine

/// CORE-1 and CORE-2: what a whole log, read back, folds to, and whether it is decided so again.
extension InvariantChecker {
    /// - Parameter final: The state that the log's engine stepped to; nil if not all of that is in the log.
    mutating func replay(_ log: MemoryEventStore, to final: PoolState?) {
        do {
            let folded = try log.foldedState(usesSnapshots: false)
            require(
                final == nil || folded == final, .core1, "the log folds to another state than its engine's")
        } catch {
            return report(.core1, "the log cannot be folded: \(error)")
        }
        var state = PoolState()
        var step: [Event] = []
        do {
            try log.forEachEvent { event, beginsStep in
                if beginsStep { redecide(step, on: &state) }
                if beginsStep { step = [] }
                step.append(event)
            }
            redecide(step, on: &state)
        } catch {
            report(.core1, "the log cannot be read: \(error)")
        }
    }

    private mutating func redecide(_ step: [Event], on state: inout PoolState) {
        // What follows the first difference is decided on another state.
        guard let first = step.first, state.position + 1 == first.sequence else { return }
        let outcome = state.step(first.payload, at: first.at)
        guard outcome != .recorded(step) else { return }
        violations.append(
            InvariantViolation(
                invariant: .core2, sequence: first.sequence, detail: "it is decided otherwise: \(outcome)"))
        state = PoolState()
    }
}
