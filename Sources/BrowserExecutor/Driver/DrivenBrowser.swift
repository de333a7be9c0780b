import ChromePipe
import Pool

/// A browser that runs, as the executor sees it, whatever protocol it speaks.
protocol DrivenBrowser: AnyObject, Sendable {
    /// Its process, and the group of all its processes.
    var pid: Int32 { get }
    var kind: Pool.BrowserKind { get }
    /// Product and version, as the browser gives them.
    var product: String { get }
    /// Every argument that it was started with, in order.
    var flags: [String] { get }
    /// Whether its pages run in the browser's sandbox.
    var isSandboxed: Bool { get }
    /// The cause of its death, once there is one.
    var death: BrowserDeath? { get }
    /// The last lines that it wrote to its standard error, oldest first.
    var stderrTail: [String] { get }

    /// Calls back for every sign, in order, until cancelled or after `died`. The callback must not block.
    func onSign(_ receive: @escaping @Sendable (BrowserSign) -> Void) -> EventSubscription

    /// Opens a page whose every request is answered by a closure, and waits until it has loaded.
    func openPage(
        deadline: Duration, serve: @escaping PageSession.Server
    ) async throws(PageError) -> any DrivenPage

    /// Waits until the browser itself answers, whatever its pages do.
    func answer(deadline: Duration) async throws(CDPError)

    /// Its processes at this moment.
    func processes(deadline: Duration) async throws(CDPError) -> [DrivenProcess]

    /// The same; from now on their ends are told, as far as the browser's kind allows.
    func watchedProcesses(deadline: Duration) async throws(CDPError) -> [DrivenProcess]

    @discardableResult
    func close(grace: Duration) async -> BrowserTeardown

    /// Kills every process of it. Returns at once.
    func kill()
}

extension DrivenBrowser {
    /// Ends it, after some time to leave by itself.
    @discardableResult
    func close() async -> BrowserTeardown { await close(grace: .seconds(2)) }

    /// The process of its GPU; nil while there is none, or where the browser has none.
    func gpuProcessID(deadline: Duration) async throws(CDPError) -> Int32? {
        try await processes(deadline: deadline).first { $0.kind == .gpu }?.pid
    }
}

/// A page of a browser.
protocol DrivenPage: AnyObject, Sendable {
    var target: TargetID { get }

    /// Evaluates an expression, and awaits the promise that it gives.
    ///
    /// - Returns: The JSON of a string, a number, a Boolean; of other values where the browser gives it.
    func evaluate(_ expression: String, deadline: Duration) async throws(PageError) -> RawJSON

    /// Loads it anew. Revives a page whose process has ended.
    func navigateAgain(deadline: Duration) async throws(PageError)

    /// Ends the script that runs in it.
    ///
    /// - Throws: Also where the browser's protocol has no way to do that.
    func terminateScript(deadline: Duration) async throws(PageError)

    /// Memory of its script heap that is in use, in bytes; nil where the browser does not say.
    func heapBytes(deadline: Duration) async -> UInt64?

    func close(deadline: Duration) async throws(PageError)
}

/// What is told of a browser without being asked.
enum BrowserSign: Sendable {
    case died(BrowserDeath)
    /// A page's process has ended.
    case pageCrashed(TargetID, TargetCrash)
    case pageDestroyed(TargetID)
    case gpuProcessEnded(pid: Int32)
}

/// A process of a browser.
struct DrivenProcess: Sendable {
    let pid: Int32
    let kind: BrowserProcessKind
    /// Processor time that it has used, in seconds.
    let cpuTime: Double
}
