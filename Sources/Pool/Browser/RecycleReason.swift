/// Why a browser is started anew that has not failed.
public enum RecycleReason: UInt32, WireEnum {
    /// It has been up for as long as the policy lets it.
    case age = 1
    /// It has completed as many runs as the policy lets it.
    case tasks = 2
    /// It uses more memory than the policy lets it.
    case memory = 3
    /// It is taken to be about to fail.
    case predicted = 4
    /// A copy waits for a browser without another copy of its task, and the pool is full.
    case copies = 6

    public var name: StaticString {
        switch self {
        case .age: "age"
        case .tasks: "tasks"
        case .memory: "memory"
        case .predicted: "predicted"
        case .copies: "copies"
        }
    }
}
