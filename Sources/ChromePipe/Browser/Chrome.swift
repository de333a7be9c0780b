import Foundation
import NIOCore
import Synchronization

/// One running browser: its process, its connection and what is known of it.
///
/// No Chrome process outlives it (EXEC-2): `close()` and `kill()` end the browser; so does letting go of the
/// last reference, and so does the end of our own process, whatever ended it.
public final class Chrome: Sendable {
    public let installation: ChromeInstallation
    /// What the browser says that it is.
    public let version: ChromeVersion
    /// Which product that is.
    public let productKind: BrowserKind
    /// Every argument that the browser was started with, in order: part of a result's provenance.
    public let flags: [String]
    /// The private profile folder, which is removed with the browser.
    public let profileFolder: String

    let process: BrowserProcess
    let connection: CDPConnection
    let stderr: StderrTail
    /// Where waits are timed.
    let timers: any EventLoop
    let processes: ProcessWatch
    /// Its own thread for input and output, which it has from its start to its end.
    private let vitalThread: ThreadWatch?
    let teardown = TeardownTask()
    /// The empty page that the browser opened at its start, until it is taken.
    private let blankPage: Mutex<TargetID?>

    init(
        installation: ChromeInstallation, version: ChromeVersion, blankPage: TargetID?,
        started: StartedBrowser
    ) {
        self.blankPage = Mutex(blankPage)
        self.installation = installation
        self.version = version
        productKind = BrowserKind(product: version.product, expected: installation.expectedKind)
        flags = started.flags
        profileFolder = started.profileFolder
        process = started.process
        connection = started.connection
        stderr = started.stderr
        timers = started.timers
        processes = ProcessWatch(group: started.process.pid)
        vitalThread = ThreadWatch(of: started.process.pid, named: "Chrome_IOThread") {
            [connection = started.connection, pid = started.process.pid] exit in
            connection.announce(.processExited(.browser, pid: pid, exit: exit))
            connection.sawEnding(exit)
        }
    }

    deinit {
        connection.beginClosing()
        process.kill()
    }

    /// The page that the browser opened at its start, once: its renderer runs already, and another need not be started.
    func takeBlankPage() -> TargetID? {
        blankPage.withLock { page in
            defer { page = nil }
            return page
        }
    }

    /// The browser's process id, and the id of the process group that all its processes are in.
    public var pid: Int32 { process.pid }

    /// The guardian's process id: the parent of the browser and the adopter of its orphans.
    public var guardianPID: Int32 { process.guardianPID }

    /// The cause of death, once there is one.
    public var death: BrowserDeath? { connection.died.value }

    /// Waits until the connection has ended.
    public func waitUntilDead() async -> BrowserDeath {
        await connection.died.wait()
    }

    /// The last lines that the browser wrote to its standard error, oldest first.
    public var stderrTail: [String] { stderr.lines }

    // MARK: Calls

    /// Calls a method of the protocol.
    ///
    /// - Parameters:
    ///   - session: the page or other target to call; nil for the browser itself.
    ///   - deadline: how long to wait. A page that hangs never answers, so there is no way to wait for ever.
    /// - Throws: ``CDPError``. Every call ends exactly once (EXEC-1).
    public func call<Method: CDPMethod>(
        _ method: Method, session: SessionID? = nil, deadline: Duration = .seconds(10)
    ) async throws(CDPError) -> Method.Response {
        try await connection.call(method, session: session, deadline: deadline)
    }

    /// Runs work on the connection's own thread: a call in it changes threads neither on its way out nor with its answer, of
    /// which each costs some tens of microseconds.
    ///
    /// For work that calls, waits and calls again, and computes little in between: while it computes, no message of this
    /// connection is read. Actors and child tasks with an executor of their own run there as ever.
    public func onConnection<Result: Sendable>(
        _ work: @Sendable () async throws -> Result
    ) async rethrows -> Result {
        try await withTaskExecutorPreference(connection.thread, operation: work)
    }

    // MARK: Events

    /// Calls back for every event in scope, in order, until cancelled or after `died`.
    ///
    /// The callback runs on the connection's thread, so that a held request can be answered promptly: it
    /// must not block. The subscription is in place before any call that is made after it.
    public func onEvent(
        _ scope: EventScope = .everything, _ receive: @escaping @Sendable (SessionEvent) -> Void
    ) -> EventSubscription {
        connection.subscribe(scope, receive)
    }

    /// The same events as a stream. Of what nobody has taken yet the newest `limit` are kept.
    public func events(_ scope: EventScope = .everything, limit: Int = 256) -> AsyncStream<SessionEvent> {
        connection.events(scope, limit: limit)
    }

    // MARK: Processes

    /// The browser's processes at this moment.
    public func processInfo(
        deadline: Duration = .seconds(10)
    ) async throws(CDPError) -> [CDP.SystemInfo.GetProcessInfo.Process] {
        try await call(CDP.SystemInfo.GetProcessInfo(), deadline: deadline).processInfo
    }

    /// The id of the GPU process; nil while there is none, such as just after it was killed.
    public func gpuProcessID(deadline: Duration = .seconds(10)) async throws(CDPError) -> Int32? {
        try await processInfo(deadline: deadline).first { $0.type == "GPU" }?.id
    }

    /// Watches every process that the browser has now and that is not watched yet; the end of each comes as
    /// `processExited`. Call it again when the browser has started others.
    ///
    /// - Returns: the processes that are alive and watched.
    @discardableResult
    public func watchChildren(
        deadline: Duration = .seconds(10)
    ) async throws(CDPError) -> [CDP.SystemInfo.GetProcessInfo.Process] {
        try await processInfo(deadline: deadline).filter { info in
            // The browser itself is always watched, by its guardian, which also learns how it ended.
            if info.id == pid { return true }
            let kind = BrowserProcessKind(type: info.type)
            return processes.add(info.id) { [connection] in
                connection.announce(.processExited(kind, pid: info.id, exit: nil))
            }
        }
    }
}
