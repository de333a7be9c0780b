/// Decides every step of a history again and compares the decisions with those that are recorded (CORE-2).
///
/// Steps of another decision revision may well have been decided otherwise: those that were are counted and no error.
/// Whatever was recorded is what is folded.
public struct DecisionCheck: Sendable {
    /// The state that the events checked so far fold to.
    public private(set) var state: PoolState
    /// Steps that were checked.
    public private(set) var steps = 0
    /// Those of them that another decision revision decided.
    public private(set) var stepsOfOtherRevisions = 0
    /// Those of other revisions that are decided otherwise now.
    public private(set) var differingSteps = 0
    /// The first event of the first of those; nil while there is none.
    public private(set) var firstDiffering: UInt64?

    /// - Parameter state: The state that the history begins with.
    public init(from state: PoolState = PoolState()) { self.state = state }

    /// Whether a step with this observation would be one of the present decision revision.
    public func isOfThisRevision(_ observation: Event) -> Bool {
        if case .engineStarted(let started) = observation.payload {
            return started.revision == PoolState.decisionRevision
        }
        return state.revision == PoolState.decisionRevision
    }

    /// Checks the next step.
    ///
    /// - Parameter recorded: All of its events; nothing is checked if there are none.
    /// - Throws: `DecisionDivergence` at the first event that is not as it is decided now, or that cannot be folded.
    public mutating func check(_ recorded: [Event]) throws(DecisionDivergence) {
        guard let observation = recorded.first else { return }
        steps += 1
        guard !isOfThisRevision(observation) else {
            if let divergence = decideAgain(recorded) { throw divergence }
            return
        }
        stepsOfOtherRevisions += 1
        var decided = self
        if decided.decideAgain(recorded) != nil {
            differingSteps += 1
            firstDiffering = firstDiffering ?? observation.sequence
        }
        for event in recorded {
            do throws(ImpossibleEvent) {
                try state.evolve(checking: event)
            } catch {
                throw .impossible(error)
            }
        }
    }

    /// Takes the step anew, and gives where it differs from what is recorded.
    private mutating func decideAgain(_ recorded: [Event]) -> DecisionDivergence? {
        let observation = recorded[0]
        guard observation.isObservation else { return .noObservation(observation) }
        do throws(ImpossibleEvent) {
            try state.check(observation)
        } catch {
            return .refused(observation, reason: error.reason)
        }
        let outcome = state.step(observation.payload, at: observation.at)
        guard case .recorded(let decided) = outcome else {
            return .refused(observation, reason: "\(outcome)")
        }
        for (old, new) in zip(recorded, decided) where old != new {
            return .otherwise(recorded: old, decided: new)
        }
        if decided.count > recorded.count { return .missing(decided[recorded.count]) }
        if decided.count < recorded.count { return .surplus(recorded[decided.count]) }
        return nil
    }
}

/// Where a history is not the one that is decided now.
public enum DecisionDivergence: Error, Equatable, Sendable {
    /// An event is another than is decided.
    case otherwise(recorded: Event, decided: Event)
    /// The step ends before this event, which is decided.
    case missing(Event)
    /// The step goes on with this event, which is not decided.
    case surplus(Event)
    /// The observation is recorded, but would be refused.
    case refused(Event, reason: String)
    /// The step begins with a decision.
    case noObservation(Event)
    /// The event cannot follow those before it.
    case impossible(ImpossibleEvent)

    /// Sequence number of the first event affected.
    public var sequence: UInt64 {
        switch self {
        case .otherwise(let event, _), .missing(let event), .surplus(let event), .refused(let event, _),
            .noObservation(let event):
            event.sequence
        case .impossible(let event): event.sequence
        }
    }
}

extension DecisionDivergence: CustomStringConvertible {
    public var description: String {
        switch self {
        case .otherwise(let recorded, let decided):
            recorded.payload.name.description == decided.payload.name.description
                ? "event \(sequence) (\(recorded.payload.name)) is another than is decided now"
                : "event \(sequence) is \(recorded.payload.name), but \(decided.payload.name) is decided now"
        case .missing(let decided):
            "the step ends before event \(sequence), but \(decided.payload.name) is decided there now"
        case .surplus(let recorded):
            "event \(sequence) is \(recorded.payload.name), but nothing more is decided in its step now"
        case .refused(_, let reason): "event \(sequence) is recorded, but would be refused: \(reason)"
        case .noObservation(let event):
            "event \(sequence) begins a step, but \(event.payload.name) is a decision"
        case .impossible(let event): "\(event)"
        }
    }
}
