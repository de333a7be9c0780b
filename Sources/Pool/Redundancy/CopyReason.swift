/// Why a task is copied.
public enum CopyReason: UInt32, WireEnum {
    /// Its owner or the policy wants it to run more than once.
    case submitted = 1
    /// Its copies disagree, and one more gives the majority.
    case tieBreak = 2

    public var name: StaticString {
        switch self {
        case .submitted: "submitted"
        case .tieBreak: "tie_break"
        }
    }
}
