/// Which events a subscriber wants.
public enum EventScope: Sendable, Hashable {
    /// Those of the browser and of every session.
    case everything
    /// Those without a session.
    case browser
    /// Those of one session.
    case session(SessionID)
    /// Those of one session, and what the browser tells of its target: how it crashed, that it was closed.
    case page(SessionID, TargetID)

    /// Whether an event from there can be in scope.
    func mayInclude(_ session: SessionID?) -> Bool {
        switch self {
        case .everything: true
        case .browser: session == nil
        case .session(let wanted): session == wanted
        case .page(let wanted, _): session == nil || session == wanted
        }
    }

    func includes(_ event: SessionEvent) -> Bool {
        guard mayInclude(event.session) else { return false }
        guard event.session == nil, case .page(let session, let target) = self else { return true }
        switch event.event {
        case .targetCrashed(target, _), .targetDestroyed(target), .detachedFromTarget(session): return true
        case .targetInfoChanged(let info): return info.targetId == target
        default: return false
        }
    }
}
