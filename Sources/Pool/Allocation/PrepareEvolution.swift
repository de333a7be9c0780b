/// What may follow in the life of a preparation: decided, and answered or given up once.
extension PoolState {
    mutating func evolve(_ decided: PrepareDecided, at event: EventStamp) {
        let id = ObligationID(event.sequence)
        precondition(browsers[decided.browser].preparing == nil, "browser \(decided.browser) prepares twice")
        browsers[decided.browser].preparing = id
        obligations.insert(
            ObligationState(
                id: id, kind: .prepare, browser: decided.browser,
                model: tasks[decided.task].spec.modelDigest, task: decided.task))
        timers.set(.prepare, event.sequence, at: decided.deadline)
    }

    /// Ends a preparation. A model that could not be prepared is not tried again in that process, or the pool would
    /// try it for ever.
    mutating func endPreparation(_ id: ObligationID, succeeded: Bool) {
        let obligation = obligations[id]
        discharge(id)
        guard let model = obligation.model else { return }
        if succeeded {
            Self.remember(model, in: &browsers[obligation.browser].residentModels)
        } else {
            Self.remember(model, in: &browsers[obligation.browser].unpreparableModels)
        }
    }

    /// Puts a model last of those that a browser is remembered by.
    static func remember(_ model: Digest, in models: inout [Digest]) {
        if models.last == model { return }
        models.removeAll { $0 == model }
        models.append(model)
        if models.count > modelsKept { models.removeFirst() }
    }

    /// Models that a browser is remembered to hold, or to be unable to.
    static let modelsKept = 8
}
