/// A step of recovery.
public enum Rung: UInt32, WireEnum {
    /// Go on on another browser, or the first that becomes ready.
    case failOver = 1

    public var name: StaticString {
        switch self {
        case .failOver: "fail_over"
        }
    }
}
