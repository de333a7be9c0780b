/// Why a browser is launched.
public enum LaunchReason: UInt32, WireEnum {
    /// A task waits.
    case demand = 1
    /// The pool keeps this many ready.
    case warm = 2
    /// The browser failed and is started anew.
    case heal = 3

    public var name: StaticString {
        switch self {
        case .demand: "demand"
        case .warm: "warm"
        case .heal: "heal"
        }
    }
}
