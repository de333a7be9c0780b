/// An obligation is opened by a decision, whose sequence number it bears, and closed once: discharged by the report
/// that answers it, or voided by an event that makes it pointless (CORE-9).
extension PoolState {
    /// Closes an obligation, with the timer that guards it.
    mutating func discharge(_ id: ObligationID) {
        let obligation = obligations.remove(id)
        switch obligation.kind {
        case .launch: timers.clear(.launch, id.sequence)
        case .close: timers.clear(.close, id.sequence)
        case .stop: timers.clear(.stop, id.sequence)
        case .heal: timers.clear(.heal, id.sequence)
        case .prepare:
            timers.clear(.prepare, id.sequence)
            browsers[obligation.browser].preparing = nil
        case .compare:
            timers.clear(.compare, id.sequence)
            if let group = obligation.task.flatMap({ groups.placeIfPresent(of: $0) }) {
                groups[at: group].comparison = nil
            }
        case .run:
            if let allocation = obligation.allocation { allocations[allocation].run = nil }
        }
    }
}
