/// What an obligation owes.
public enum ObligationKind: UInt32, WireEnum {
    /// Start a browser.
    case launch = 1
    /// End a browser.
    case close = 2
    /// Run items.
    case run = 3
    /// Stop a run.
    case stop = 4
    /// Bring a model into a page.
    case prepare = 5
    /// Heal a browser in place.
    case heal = 6
    /// Compare the outputs of copies.
    case compare = 8

    public var name: StaticString {
        switch self {
        case .launch: "launch"
        case .close: "close"
        case .run: "run"
        case .stop: "stop"
        case .prepare: "prepare"
        case .heal: "heal"
        case .compare: "compare"
        }
    }
}
