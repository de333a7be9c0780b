import Pool

/// Why an engine cannot start or go on.
public enum EngineError: Error, Sendable, CustomStringConvertible {
    /// A record of the log is not an event of this version.
    case undecodable(sequence: UInt64, WireError)
    /// An event of the log is one that no engine would have recorded after those before it.
    case impossible(ImpossibleEvent)
    /// The log's events up to `base` are in an archive, and there is no snapshot of the state at that point.
    case noSnapshot(base: UInt64)
    /// The store could not make a step durable. The engine has ended; the next one folds what is durable.
    case appendFailed(String)
    /// The log is a simulation's and the engine is not, or the other way round: the two are never mixed (EXEC-4).
    /// Nothing was appended.
    case otherReality(logIsSimulated: Bool)
    /// The engine has not been started and takes no requests yet.
    case notStarted
    /// The engine has stopped and takes no more requests.
    case stopped

    public var description: String {
        switch self {
        case .undecodable(let sequence, let error): "event \(sequence) cannot be read: \(error)"
        case .impossible(let event): "\(event)"
        case .noSnapshot(let base):
            "the events up to \(base) are in an archive, and no snapshot of the state there can be used; import the "
                + "archive to have them back"
        case .appendFailed(let reason): "the log cannot be appended to, so the engine ended: \(reason)"
        case .otherReality(logIsSimulated: true):
            "the log is a simulation's, so nothing real is recorded there; use another log"
        case .otherReality(logIsSimulated: false):
            "the log is a real pool's, so nothing simulated is recorded there; use another log"
        case .notStarted: "the engine has not been started; call start first"
        case .stopped: "the engine has stopped"
        }
    }
}
