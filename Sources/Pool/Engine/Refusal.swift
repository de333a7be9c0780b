/// Why a report from the executor changed nothing.
public enum Refusal: UInt32, WireEnum {
    /// The obligation that it names is closed, or the incarnation is not the current one.
    case stale = 1
    /// The items that it reports are not the next ones.
    case outOfOrder = 2

    public var name: StaticString {
        switch self {
        case .stale: "stale"
        case .outOfOrder: "out_of_order"
        }
    }
}
