/// Why the outside facts of a log cannot be replayed.
public enum RecordedWorkloadError: Error, Equatable, CustomStringConvertible {
    /// No engine ran.
    case noEngine
    /// No task was submitted.
    case noTask
    /// The events up to `base` were moved to an archive: what they say of tasks and browsers is missing.
    case beginsInArchive(base: UInt64)

    public var description: String {
        switch self {
        case .noEngine: "the log is empty: there is nothing to replay"
        case .noTask: "no task was submitted in the log: there is nothing to replay"
        case .beginsInArchive(let base):
            "the events up to \(base) were moved to an archive, and a replay needs the log from its beginning"
        }
    }
}
