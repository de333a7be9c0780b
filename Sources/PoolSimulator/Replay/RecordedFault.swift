import Pool

/// What struck a run of a task, and where.
struct RecordedFault: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// Nothing of its own: it ended with its engine, its task, or a browser that another run is struck on. What it
        /// was about took longer than it was given.
        case cutShort
        case browserFails(Evidence, processEnded: Bool)
        case browserFallsSilent
        case runFails(RunFailure, refusal: BackendRefusal?, detail: String)
        case runHangs

        /// The kind of fault, for counting; nil for what is none.
        var name: String? {
            switch self {
            case .cutShort: nil
            case .browserFails(let evidence, let ended):
                Fault.browserFails(evidence, processEnded: ended).name
            case .browserFallsSilent: Fault.browserFallsSilent.name
            case .runFails(let failure, _, _): Fault.runFails(failure).name
            case .runHangs: Fault.runHangs.name
            }
        }
    }

    var kind: Kind
    /// The item that was next.
    var item: UInt64
    /// Whether the run had its model in the page.
    var hadStarted: Bool
    /// Time since the run's last report, or since it was assigned.
    var afterNs: UInt64
    var backend: Backend

    /// Whether it strikes a run that is at an item; one that was passed by strikes at the next chance.
    func strikes(at position: UInt64, hasStarted: Bool) -> Bool {
        if hasStarted { return hadStarted ? item <= position : item < position }
        return !hadStarted && item <= position
    }

    /// Whether it is a refusal that a backend has no part in.
    func isRefusal(byOtherThan running: Backend) -> Bool {
        if case .runFails(_, _?, _) = kind { return backend != running }
        return false
    }
}
