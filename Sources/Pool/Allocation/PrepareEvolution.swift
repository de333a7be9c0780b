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

    /// Puts something last of what a browser is remembered by.
    static func remember<Remembered: Equatable>(_ new: Remembered, in remembered: inout [Remembered]) {
        if remembered.last == new { return }
        remembered.removeAll { $0 == new }
        remembered.append(new)
        if remembered.count > rememberedLimit { remembered.removeFirst() }
    }

    /// How many models a browser is remembered to hold, or to be unable to, and how many affinities.
    static let rememberedLimit = 8
}
