/// Why an engine was asked to stop.
public enum StopReason: UInt32, WireEnum {
    /// Its work is done.
    case finished = 1
    /// A person or a supervisor interrupted it.
    case interrupted = 2

    public var name: StaticString {
        switch self {
        case .finished: "finished"
        case .interrupted: "interrupted"
        }
    }
}
