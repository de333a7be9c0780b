/// The product that a browser process is.
public enum BrowserKind: UInt32, WireEnum {
    /// Chromium's headless shell.
    case headlessShell = 1
    /// Chromium.
    case chromium = 2
    /// Google Chrome.
    case chrome = 3
    /// Microsoft Edge.
    case edge = 4
    /// Mozilla Firefox.
    case firefox = 5
    /// No browser: the simulator's stand-in.
    case simulated = 6

    public var name: StaticString {
        switch self {
        case .headlessShell: "headless_shell"
        case .chromium: "chromium"
        case .chrome: "chrome"
        case .edge: "edge"
        case .firefox: "firefox"
        case .simulated: "simulated"
        }
    }
}
