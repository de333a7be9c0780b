/// Why a group comes to no result.
public enum DisagreeReason: UInt32, WireEnum {
    /// No more than half of the copies agree on one.
    case noMajority = 1
    /// Their outputs could not be compared.
    case notCompared = 2

    public var name: StaticString {
        switch self {
        case .noMajority: "no_majority"
        case .notCompared: "not_compared"
        }
    }
}
