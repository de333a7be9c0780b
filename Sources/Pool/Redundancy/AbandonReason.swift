/// Why a group ends before its copies could be compared.
public enum AbandonReason: UInt32, WireEnum {
    /// The task was cancelled, timed out or failed.
    case taskEnded = 1
    /// No copy completed.
    case noVotes = 2
    /// The engine ended, and the task had been served its result.
    case engineEnded = 3

    public var name: StaticString {
        switch self {
        case .taskEnded: "task_ended"
        case .noVotes: "no_votes"
        case .engineEnded: "engine_ended"
        }
    }
}
