import Pool

/// The engine without its surroundings: observations in, steps to append and effects to perform out.
///
/// It is synchronous and holds no clock, so that the async driver, the simulator and tests run the very same code.
/// It decides ahead of the store: effects wait inside until the step that opened them is durable (CORE-9).
public struct StepMachine: Sendable {
    public private(set) var state: PoolState
    /// Sequence number up to which everything is durable.
    public private(set) var durable: UInt64
    /// Effects of steps that are not durable yet, in the order of their obligations.
    private var waiting: [Effect] = []
    private var refusals = RefusalTally()
    /// Position of the last state digest that was taken.
    private var digestPosition: UInt64

    /// A state digest is due after so many events.
    static let digestInterval: UInt64 = 4096

    /// - Parameter state: The fold of everything that is in the store.
    public init(resuming state: PoolState) {
        self.state = state
        durable = state.position
        digestPosition = state.position
    }

    /// A step to append, with its events for those who follow.
    public struct Step: Equatable, Sendable {
        public var events: [Event]
        public var stored: StoredStep
    }

    public enum Reaction: Equatable, Sendable {
        case append(Step)
        /// The report changed nothing; it has been counted.
        case refused
        case rejected(Rejection)
    }

    /// Takes one observation.
    public mutating func receive(
        _ observation: EventPayload, blobs: [[UInt8]] = [], at now: EventTime
    ) -> Reaction {
        var subjects: [EventSubjects] = []
        switch state.step(observation, at: now, subjects: &subjects) {
        case .recorded(let events):
            if case .reportsRefused(let refused) = observation { refusals.recorded(refused.refusal, at: now) }
            for event in events {
                if let effect = Effect(openedBy: event, in: state) { waiting.append(effect) }
            }
            let records = zip(events, subjects).map { StoredStep.Record($0, subjects: $1) }
            return .append(
                Step(
                    events: events,
                    stored: StoredStep(records: records, blobs: blobs, mayWait: events.mayWait)))
        case .refused(let refusal, let subject):
            refusals.count(refusal, subject: subject)
            return .refused
        case .rejected(let rejection):
            return .rejected(rejection)
        }
    }

    /// Takes the store's word that everything up to a sequence number is durable, and gives the effects that may be
    /// performed now. Those whose obligation has been closed meanwhile are dropped.
    public mutating func becameDurable(through sequence: UInt64) -> [Effect] {
        durable = max(durable, sequence)
        let ready = waiting.prefix { $0.obligation.sequence <= durable }
        waiting.removeFirst(ready.count)
        return ready.filter { state.obligations.contains($0.obligation) }
    }

    /// Observations that time alone calls for: timers that are due, refusals to be counted. To be received in order;
    /// ask again until there is none, as each may set further timers.
    public func due(at now: EventTime) -> EventPayload? {
        if let timer = state.timers.earliest, timer.dueAt <= now {
            return .timerFired(TimerFired(kind: timer.kind, subject: timer.subject, dueAt: timer.dueAt))
        }
        return refusals.due(at: now).map { .reportsRefused($0) }
    }

    /// When `due` may next give something; nil when only an observation can change that.
    public var nextDue: EventTime? {
        switch (state.timers.earliest?.dueAt, refusals.nextDue) {
        case (let timer?, let refusal?): min(timer, refusal)
        case (let timer, let refusal): timer ?? refusal
        }
    }

    /// Whether enough has happened since the last digest of the state.
    public var isDigestDue: Bool { state.position >= digestPosition + Self.digestInterval }

    /// The observation that records the digest of the present state.
    public mutating func takeDigest() -> EventPayload {
        digestPosition = state.position
        return .stateDigestRecorded(StateDigestRecorded(position: state.position, digest: state.digest))
    }
}

extension [Event] {
    /// Whether a step of these events is a mere sample: nothing follows from it, and its loss in a crash would leave
    /// nothing undone.
    fileprivate var mayWait: Bool {
        guard count == 1, let event = first else { return false }
        return switch event.payload {
        case .metricsSampled, .reportsRefused: true
        default: false
        }
    }
}
