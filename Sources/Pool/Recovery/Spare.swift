/// What other browsers are to a task that lost its own.
public enum Spare: UInt32, WireEnum {
    /// None has room for it.
    case none = 1
    /// One has room, and none of those that have holds its model.
    case cold = 2
    /// One has room and holds its model.
    case warm = 3

    public var name: StaticString {
        switch self {
        case .none: "none"
        case .cold: "cold"
        case .warm: "warm"
        }
    }
}
