import Foundation

/// How a browser is started, and the bounds that it lives in.
public struct ChromeLaunchOptions: Sendable {
    /// Use Chrome's own software adapter (SwiftShader). Turn it off on a machine with a GPU.
    public var usesSoftwareAdapter = true

    /// Lift Chrome's own limits: after its second crash of the GPU within two minutes it refuses a page WebGPU, after the third
    /// every page, and then it starts no further GPU process.
    public var liftsCrashLimits = true

    /// More arguments, put after our own and so before them where Chrome takes the last.
    public var extraArguments: [String] = []

    /// Where the browser's private profile folder is made; it is removed with the browser.
    public var profileParent = FileManager.default.temporaryDirectory.path

    /// From the start to the answer to `Browser.getVersion`.
    public var launchDeadline: Duration = .seconds(20)

    /// The connection's bounds.
    public var limits = CDPLimits()

    /// How many of the last lines of standard error are kept.
    public var stderrLines = 40

    /// How many bytes of each of those lines are kept.
    public var stderrLineBytes = 400

    public init() {}

    /// The full list of arguments.
    ///
    /// WebGPU needs `--enable-unsafe-webgpu` and nothing else to give an adapter. The two crash-limit flags
    /// belong together: with either alone Chrome refuses WebGPU after its third GPU crash. As root Chrome does
    /// not start with its sandbox.
    public func arguments(profile: String, userID: UInt32 = getuid()) -> [String] {
        var arguments = ["--headless", "--remote-debugging-pipe", "--enable-unsafe-webgpu"]
        if usesSoftwareAdapter { arguments.append("--use-webgpu-adapter=swiftshader") }
        if liftsCrashLimits {
            arguments += ["--disable-gpu-process-crash-limit", "--disable-domain-blocking-for-3d-apis"]
        }
        arguments += [
            "--no-first-run", "--disable-extensions", "--user-data-dir=\(profile)",
        ]
        if userID == 0 { arguments.append("--no-sandbox") }
        return arguments + extraArguments + ["about:blank"]
    }
}
