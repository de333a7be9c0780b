import Pool

/// What an event says and, of a decision, the terms that it was taken on, as far as the log records them.
public struct Explanation: Equatable, Sendable {
    /// Where a term is recorded.
    public enum Source: String, Sendable, CaseIterable {
        /// In the event itself.
        case event
        /// In the pool's policy, as it was last configured before the event.
        case policy
        /// In the events before, which fold to the pool's state.
        case pool
    }

    public let event: Event
    public let subjects: EventSubjects
    /// The event in one plain sentence.
    public let sentence: String
    private let terms: [Source: [Field]]

    /// - Parameters:
    ///   - event: An event of the log.
    ///   - state: The state that the events before it fold to.
    public init(of event: Event, after state: PoolState) {
        self.event = event
        subjects = event.subjects(in: state)
        sentence = event.sentence(about: subjects)
        let basis = DecisionBasis(of: event.payload)
        terms = [
            .event: FieldList(of: event.payload).fields,
            .policy: FieldList(of: state.policy).fields.filter { field in
                basis.policy.contains { field.isWithin($0) }
            },
            .pool: basis.pool.map { Field($0.description, state.value(of: $0)) },
        ]
    }

    /// The terms that are recorded somewhere, in order.
    public subscript(source: Source) -> [Field] { terms[source] ?? [] }
}

extension Field {
    /// Whether this is the field at a path, or part of the message or list there.
    func isWithin(_ outer: String) -> Bool {
        guard path.hasPrefix(outer) else { return false }
        let next = path.dropFirst(outer.count).first
        return next == nil || next == "." || next == "["
    }
}
