import Pool

/// A pool that a test leads from step to step, naming all that each of them does.
///
/// A step fails the test when the pool takes a decision or changes a field of its state that the test does not name,
/// or does not do what the test names. What is wrong is thrown, so it works in every test framework:
///
/// ```swift
/// @Test func runs() throws {
///     var pool = PoolUnderTest(granted, at: now)
///     try pool.take(
///         RunStarted(obligation: run, allocation: allocation), decides: [],
///         changes: [
///             .changed("task:\(task).state", from: "granted", to: "running"),
///             .changed("task:\(task).phase", from: "granted", to: "running"),
///             .changed("browser:\(browser).resident_models", from: "[]", to: "[\(model)]"),
///         ])
/// }
/// ```
///
/// Paths and values are those that `weir diff` shows. A failure prints them in that form.
public struct PoolUnderTest: Sendable {
    /// The state after the steps that were taken.
    public private(set) var state: PoolState
    /// The time at which the next observation is taken. It must not be set back.
    public var now: EventTime

    public init(_ state: PoolState = PoolState(), at now: EventTime) {
        self.state = state
        self.now = now
    }

    /// Takes an observation, which must be recorded with exactly these decisions after it, in this order, and change
    /// exactly this in the state. Where the state stands in its log is no change.
    ///
    /// - Returns: The events of the step, the observation first.
    /// - Throws: `StepMismatch` when anything else comes of it. The step is taken nevertheless, if it was recorded.
    @discardableResult
    public mutating func take(
        _ observation: some EventMessage, decides decisions: [EventPayload], changes: [StateChange]
    ) throws(StepMismatch) -> [Event] {
        let before = state
        let events = try record(observation)
        let faults =
            DecisionComparison(of: events, with: decisions).faults
            + ChangeComparison(from: before, to: state, with: changes).faults
        try check(faults, of: observation)
        return events
    }

    /// The same without a look at the state: for a test that asks what is decided, and nothing else.
    @discardableResult
    public mutating func take(
        _ observation: some EventMessage, decides decisions: [EventPayload]
    ) throws(StepMismatch) -> [Event] {
        let events = try record(observation)
        try check(DecisionComparison(of: events, with: decisions).faults, of: observation)
        return events
    }

    /// Takes an observation that must be turned away in this way, and so change nothing.
    ///
    /// - Throws: `StepMismatch` when it is recorded, is turned away otherwise, or changes the state.
    public mutating func take(
        _ observation: some EventMessage, turnedAway expected: StepOutcome
    ) throws(StepMismatch) {
        let before = state
        let outcome = state.step(observation.payload, at: now)
        let faults = outcome == expected ? [] : ["it is \(outcome), where the test says \(expected)"]
        try check(faults + ChangeComparison(from: before, to: state, with: []).faults, of: observation)
    }

    private func check(_ faults: [String], of observation: some EventMessage) throws(StepMismatch) {
        if !faults.isEmpty { throw StepMismatch(observation: observation, faults: faults) }
    }

    private mutating func record(_ observation: some EventMessage) throws(StepMismatch) -> [Event] {
        let outcome = state.step(observation.payload, at: now)
        guard case .recorded(let events) = outcome else {
            throw StepMismatch(observation: observation, faults: ["it is turned away: \(outcome)"])
        }
        return events
    }
}
