import ChromePipe
import Foundation
import NIOCore
import Synchronization

/// One running Firefox: its process, its connection and what is known of it.
///
/// No process of it outlives it (EXEC-2): `close()` and `kill()` end the browser; so does letting go of the last
/// reference, and so does the end of our own process, whatever ended it.
public final class Firefox: Sendable {
    public let installation: FirefoxInstallation
    /// `Firefox/` and the version that the browser gives.
    public let product: String
    /// Every argument that the browser was started with, in order: part of a result's provenance.
    public let flags: [String]
    /// The private profile folder, which is removed with the browser.
    public let profileFolder: String

    let process: BrowserProcess
    let connection: BiDiConnection
    private let stderr: StderrTail
    private let processes: ProcessWatch
    private let teardown = TeardownTask()
    private let pages = OpenPages()
    private let serving: EventSubscription

    init(_ installation: FirefoxInstallation, product: String, started: StartedFirefox) {
        self.installation = installation
        self.product = product
        flags = started.flags
        profileFolder = started.profileFolder
        process = started.process
        connection = started.connection
        stderr = started.stderr
        processes = ProcessWatch(group: started.process.pid)
        serving = connection.subscribe { [pages, weak connection] event in
            guard case .requestHeld(let request) = event, let connection else { return }
            let answerer = RequestAnswerer(request: request, page: request.context.flatMap(pages.page))
            Task { await answerer.answer(on: connection) }
        }
    }

    deinit {
        serving.cancel()
        connection.beginClosing()
        process.kill()
    }

    /// The browser's process id, and the id of the process group that all its processes are in.
    public var pid: Int32 { process.pid }

    /// The cause of death, once there is one.
    public var death: BrowserDeath? { connection.died.value }

    /// The last lines that the browser wrote to its standard error, oldest first.
    public var stderrTail: [String] { stderr.lines }

    /// Waits until the browser answers: its main process, whatever its pages do.
    public func answer(deadline: Duration) async throws(CDPError) {
        _ = try await connection.call(BiDi.Session.Status(), deadline: deadline)
    }

    // MARK: Signs

    /// What is told of a browser without being asked.
    public enum Sign: Sendable {
        case died(BrowserDeath)
        /// The page's process has ended; navigating again revives it.
        case pageCrashed(TargetID, TargetCrash)
        case pageDestroyed(TargetID)
    }

    /// Calls back for every sign, in order, until cancelled or after `died`. The callback must not block.
    public func onSign(_ receive: @escaping @Sendable (Sign) -> Void) -> EventSubscription {
        connection.subscribe { event in
            switch event {
            case .died(let death): receive(.died(death))
            case .pageCrashed(let page):
                receive(.pageCrashed(TargetID(rawValue: page), BiDiConnection.crash))
            case .pageDestroyed(let page): receive(.pageDestroyed(TargetID(rawValue: page)))
            case .pageLoaded, .requestHeld: break
            }
        }
    }

    // MARK: Pages

    /// Opens a page on a virtual origin and waits until it has loaded.
    ///
    /// - Parameters:
    ///   - origin: `https://host/`; a name under `.invalid` can never be anybody's (RFC 2606).
    ///   - deadline: For all of it.
    ///   - serve: Answers every request of the page, the document's own at path `/` included.
    public func openPage(
        origin: String = "https://weir.invalid/", deadline: Duration = .seconds(20),
        serve: @escaping PageSession.Server
    ) async throws(PageError) -> FirefoxPage {
        let end = ContinuousClock.now + deadline
        let context: String
        do {
            let answer = try await connection.call(BiDi.BrowsingContext.Create(), deadline: deadline)
            context = try answer.decode(BiDi.BrowsingContext.Create.Response.self).context
        } catch let error as CDPError {
            throw .call(error)
        } catch {
            throw .call(.undecodable(method: BiDi.BrowsingContext.Create.name, reason: "\(error)"))
        }
        pages.add(context, .init(origin: origin, serve: serve))
        let page = FirefoxPage(connection: connection, context: context, origin: origin) { [pages] in
            pages.remove(context)
        }
        do {
            try await page.navigateAgain(deadline: end - .now)
            return page
        } catch {
            // Half a page is no page. What it could not be told is told by the error.
            try? await page.close(deadline: .seconds(5))
            throw error
        }
    }

    // MARK: Processes

    /// The browser's processes at this moment, as the kernel lists them.
    public func processList() -> [FirefoxProcess] { FirefoxProcess.all(inGroup: pid) }

    /// Watches every process of a page that is not watched yet; where one ends, every page is asked whether it was its.
    ///
    /// - Returns: The processes that are alive.
    @discardableResult
    public func watchChildren() -> [FirefoxProcess] {
        let list = processList()
        for process in list where process.kind == .renderer {
            _ = processes.add(process.pid) { [pages, weak connection] in
                for (context, page) in pages.all {
                    guard let connection else { return }
                    Task { await Self.look(after: context, at: page.origin, on: connection) }
                }
            }
        }
        return list
    }

    /// How long a page is asked whether its process lives, how long each time, and the pause before the next.
    private static let lookPatience: Duration = .seconds(5)
    private static let lookDeadline: Duration = .milliseconds(500)
    private static let lookPause: Duration = .milliseconds(10)

    /// A page whose process has ended is an empty document at first, and then one of the browser's main process, in which
    /// nothing is evaluated.
    private static func look(after context: String, at origin: String, on connection: BiDiConnection) async {
        let end = ContinuousClock.now + lookPatience
        while ContinuousClock.now < end {
            do {
                let place = try await connection.evaluate(
                    "location.href", in: context, awaitPromise: false, deadline: lookDeadline)
                let address = try? place.member("result")?.member("value")?.decode(String.self)
                if address?.hasPrefix(origin) != true { connection.announce(.pageCrashed(context)) }
                return
            } catch .refused, .deadlineExceeded {
                // The browser is between the two documents.
                try? await Task.sleep(for: lookPause)
            } catch {
                // That it crashed or was closed, or that the browser has ended, was told.
                return
            }
        }
    }

    // MARK: End

    /// Ends the browser: asks, then kills. Returns when every process of it is dead and reaped and its profile folder
    /// removed. May be called again, and by many at once: all get the first one's result.
    ///
    /// - Parameter grace: How long the browser has to leave when asked; with zero it is killed at once.
    @discardableResult
    public func close(grace: Duration = .seconds(2)) async -> BrowserTeardown {
        await teardown.run { await self.tearDown(grace: grace) }
    }

    /// Kills every process of the browser. Returns at once; `close()` waits for the end of it.
    public func kill() {
        connection.beginClosing()
        process.kill()
    }

    private func tearDown(grace: Duration) async -> BrowserTeardown {
        let wasGone = death != nil || process.exit.value != nil
        connection.beginClosing()
        var step = BrowserTeardown.Step.alreadyGone
        if !wasGone {
            step = .browserClose
            // The answer says nothing: what counts is that the process ends.
            async let asked = try? connection.call(BiDi.Browser.Close(), deadline: grace)
            if await process.exit.wait(atMost: grace, on: connection.loop) == nil { step = .killed }
            _ = await asked
        }
        if await process.forceEnd(removing: profileFolder, on: connection.loop) { step = .killedWithGuardian }
        connection.die(.closedByUs)
        return BrowserTeardown(
            step: step, exit: process.exit.value ?? nil, profileRemoved: !ProfileFolder.exists(profileFolder))
    }
}

/// The pages that are open, by their contexts.
final class OpenPages: Sendable {
    struct Page: Sendable {
        let origin: String
        let serve: PageSession.Server
    }

    private let open = Mutex<[String: Page]>([:])

    var all: [(context: String, page: Page)] {
        open.withLock { $0.sorted { $0.key < $1.key } }.map { ($0.key, $0.value) }
    }
    func page(_ context: String) -> Page? { open.withLock { $0[context] } }
    func add(_ context: String, _ page: Page) { open.withLock { $0[context] = page } }
    func remove(_ context: String) { open.withLock { _ = $0.removeValue(forKey: context) } }
}
