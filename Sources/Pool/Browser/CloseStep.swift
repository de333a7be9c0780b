/// The step of teardown that ended a browser process.
public enum CloseStep: UInt32, WireEnum {
    /// It ended when asked.
    case asked = 1
    /// It was killed.
    case forced = 2
    /// It had ended before.
    case alreadyEnded = 3

    public var name: StaticString {
        switch self {
        case .asked: "asked"
        case .forced: "forced"
        case .alreadyEnded: "already_ended"
        }
    }
}
