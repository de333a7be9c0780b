/// When the owner of a task that runs in copies gets its result.
public enum RedundancyServe: UInt32, WireEnum {
    /// Once the copies agree.
    case agreed = 1
    /// With the first copy that completes; the others go on as votes, and a copy that is outvoted shows a wrong
    /// browser.
    case first = 2

    public var name: StaticString {
        switch self {
        case .agreed: "agreed"
        case .first: "first"
        }
    }
}
