import ChromePipe
import Foundation

/// How a Firefox is started, and the bounds that it lives in.
public struct FirefoxLaunchOptions: Sendable {
    /// More arguments, put before the page that it opens.
    public var extraArguments: [String] = []

    /// Where the browser's private profile folder is made; it is removed with the browser.
    public var profileParent = FileManager.default.temporaryDirectory.path

    /// From the start until a session has begun.
    public var launchDeadline: Duration = .seconds(20)

    /// The connection's bounds. Of them `writeStall` does not apply: a browser that reads nothing is found by the
    /// deadlines of what is asked of it.
    public var limits = CDPLimits()

    /// How many of the last lines of standard error are kept.
    public var stderrLines = 40

    /// How many bytes of each of those lines are kept.
    public var stderrLineBytes = 400

    public init() {}

    /// The full list of arguments. With port 0 it takes a free one, of this machine's own address alone.
    func arguments(profile: String) -> [String] {
        ["--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", profile] + extraArguments
            + ["about:blank"]
    }

    /// The program's environment: its files stay in its profile folder, and a crash starts no reporter.
    func environment(profile: String) -> [String] {
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = profile
        for name in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"] { environment[name] = nil }
        environment["MOZ_CRASHREPORTER_DISABLE"] = "1"
        return environment.map { "\($0.key)=\($0.value)" }.sorted()
    }
}
