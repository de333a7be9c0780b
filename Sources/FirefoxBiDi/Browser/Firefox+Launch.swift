import ChromePipe
import Foundation
import NIOCore
import NIOPosix

/// A browser that was started and has a session.
struct StartedFirefox {
    let process: BrowserProcess
    let connection: BiDiConnection
    let stderr: StderrTail
    let flags: [String]
    let profileFolder: String
}

extension Firefox {
    /// Starts a browser and waits until it has begun a session.
    ///
    /// Its WebSocket listens on a port of this machine that every user of the machine can connect to; it takes one session,
    /// which is ours. On a machine whose users do not trust one another run it in a network namespace of its own.
    ///
    /// - Parameter group: Where the connection's event loop is taken from. It must outlive the browser.
    /// - Throws: `BrowserLaunchError`; nothing is left of the browser or its profile folder then.
    public static func launch(
        _ installation: FirefoxInstallation, _ options: FirefoxLaunchOptions = .init(),
        on group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
    ) async throws(BrowserLaunchError) -> Firefox {
        let end = ContinuousClock.now + options.launchDeadline
        let loop = group.next()
        let beginning = try await start(installation, options, loop)
        do {
            guard let address = await beginning.address.wait(atMost: end - .now, on: loop) else {
                throw beginning.failure(
                    Task.isCancelled ? .cancelled : .deadlineExceeded(options.launchDeadline))
            }
            guard let address else {
                throw beginning.failure(.died(.exited(await beginning.exit(), pipeClosed: true)))
            }
            let connection = try await BiDiConnection.open(address, limits: options.limits, on: loop)
            let process = beginning.process
            process.exit.whenResolved { exit in
                connection.die(exit.map { .exited($0, pipeClosed: true) } ?? .pipeClosed)
            }
            // Whatever ended the connection, the browser is of no use any more.
            connection.died.whenResolved { [weak process] _ in process?.kill() }
            let session = try await connection.call(BiDi.Session.New(), deadline: end - .now)
                .decode(BiDi.Session.New.Response.self)
            _ = try await connection.call(
                BiDi.Session.Subscribe(events: BiDiEvent.names), deadline: end - .now)
            _ = try await connection.call(BiDi.Network.AddIntercept(), deadline: end - .now)
            return Firefox(
                installation, product: "Firefox/\(session.capabilities.browserVersion)",
                started: StartedFirefox(
                    process: process, connection: connection, stderr: beginning.stderr,
                    flags: beginning.flags, profileFolder: beginning.folder))
        } catch {
            throw await beginning.fail(error, options, loop)
        }
    }

    private static func start(
        _ installation: FirefoxInstallation, _ options: FirefoxLaunchOptions, _ loop: any EventLoop
    ) async throws(BrowserLaunchError) -> Beginning {
        func failure(_ reason: BrowserLaunchError.Reason) -> BrowserLaunchError {
            BrowserLaunchError(path: installation.path, reason: reason, exit: nil, stderr: [])
        }
        let folder: ProfileFolder
        do {
            folder = try ProfileFolder(under: options.profileParent)
        } catch {
            throw failure(.profileFolder("\(error)"))
        }
        let flags = options.arguments(profile: folder.path)
        let process: BrowserProcess
        let pipes: BrowserProcess.Pipes
        do {
            try FirefoxPreferences.write(to: folder.path)
            (process, pipes) = try await BrowserProcess.launch(
                path: installation.path, arguments: flags,
                environment: options.environment(profile: folder.path), removing: folder.path)
        } catch let error as BrowserProcess.LaunchError {
            folder.remove()
            throw failure(.notStarted(step: error.step, errno: error.code))
        } catch {
            folder.remove()
            throw failure(.profileFolder("\(error)"))
        }
        // It knows nothing of the debugging pipe.
        for descriptor in [pipes.toBrowser, pipes.fromBrowser] { Foundation.close(descriptor) }
        let address = Outcome<BiDiAddress?>()
        let stderr = StderrTail(lineLimit: options.stderrLines, lineBytes: options.stderrLineBytes) { line in
            if let announced = BiDiAddress(announcedBy: line) { address.resolve(announced) }
        }
        process.exit.whenResolved { _ in address.resolve(nil) }
        do {
            try await stderr.read(owning: pipes.errors, on: loop)
        } catch {
            process.kill()
            await process.ended.wait()
            throw failure(.notStarted(step: "opening the pipes (\(error))", errno: 0))
        }
        return Beginning(
            path: installation.path, process: process, address: address, stderr: stderr, flags: flags,
            folder: folder.path)
    }

    /// A browser that was started and has no session yet.
    private struct Beginning {
        let path: String
        let process: BrowserProcess
        /// Where it listens; nil if it ended before it did.
        let address: Outcome<BiDiAddress?>
        let stderr: StderrTail
        let flags: [String]
        let folder: String

        func exit() async -> ProcessExit { await process.exit.wait() ?? .signal(SIGKILL) }

        func failure(_ reason: BrowserLaunchError.Reason) -> BrowserLaunchError {
            BrowserLaunchError(
                path: path, reason: reason, exit: process.exit.value ?? nil, stderr: stderr.lines)
        }

        private static let stderrPatience: Duration = .milliseconds(500)

        /// Ends it, and tells what was seen of it.
        func fail(
            _ error: any Error, _ options: FirefoxLaunchOptions, _ loop: any EventLoop
        ) async -> BrowserLaunchError {
            let reason: BrowserLaunchError.Reason =
                switch error {
                case let error as BrowserLaunchError: error.reason
                case CDPError.connectionDied(_, let death): .died(death)
                case CDPError.deadlineExceeded: .deadlineExceeded(options.launchDeadline)
                case CDPError.cancelled: .cancelled
                case let error as CDPError: .refused(error)
                default: Task.isCancelled ? .cancelled : .notStarted(step: "connecting (\(error))", errno: 0)
                }
            let exit = process.exit.value ?? nil
            _ = await process.forceEnd(removing: folder, on: loop)
            // What it wrote last may still be on its way.
            _ = await stderr.ended.wait(atMost: Self.stderrPatience, on: loop)
            return BrowserLaunchError(path: path, reason: reason, exit: exit, stderr: stderr.lines)
        }
    }
}
