import Foundation
import NIOCore
import NIOPosix

/// A browser that was started and has not answered yet.
struct StartedBrowser {
    let process: BrowserProcess
    let connection: CDPConnection
    let stderr: StderrTail
    let timers: any EventLoop
    let flags: [String]
    let profileFolder: String
}

extension Chrome {
    /// Starts a browser and waits until it has answered.
    ///
    /// - Throws: ``BrowserLaunchError``; nothing is left of the browser or its profile folder then.
    public static func launch(
        _ installation: ChromeInstallation, _ options: ChromeLaunchOptions = .init()
    ) async throws(BrowserLaunchError) -> Chrome {
        let end = ContinuousClock.now + options.launchDeadline
        let started = try await start(installation, options)
        do {
            let connection = started.connection
            // At once: each answer would take its turn among all that the browser does at its start.
            async let version = connection.result(of: CDP.Browser.GetVersion(), deadline: end - .now)
            // Without it the browser tells nothing of crashed and closed targets, and calls to them hang.
            async let discovery = connection.result(
                of: CDP.Target.SetDiscoverTargets(discover: true), deadline: end - .now)
            async let targets = connection.result(of: CDP.Target.GetTargets(), deadline: end - .now)
            _ = try await discovery.get()
            let pages = try await targets.get().targetInfos.filter { $0.type == "page" }
            let blank = pages.first { $0.url == "about:blank" }
            return Chrome(
                installation: installation, version: try await version.get(), blankPage: blank?.targetId,
                started: started)
        } catch {
            throw await fail(started, installation, options, error)
        }
    }

    private static func start(
        _ installation: ChromeInstallation, _ options: ChromeLaunchOptions
    ) async throws(BrowserLaunchError) -> StartedBrowser {
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
            (process, pipes) = try await BrowserProcess.launch(
                path: installation.path, arguments: flags, removing: folder.path)
        } catch {
            folder.remove()
            let error = error as? BrowserProcess.LaunchError
            throw failure(.notStarted(step: error?.step ?? "exec", errno: error?.code ?? 0))
        }
        let stderr = StderrTail(lineLimit: options.stderrLines, lineBytes: options.stderrLineBytes)
        let timers = MultiThreadedEventLoopGroup.singleton.next()
        do {
            try await stderr.read(owning: pipes.errors, on: timers)
            let connection = try CDPConnection(
                reading: pipes.fromBrowser, writing: pipes.toBrowser, limits: options.limits)
            process.exit.whenResolved { [pid = process.pid] exit in
                connection.announce(.processExited(.browser, pid: pid, exit: exit))
                connection.sawExit(exit)
            }
            // Whatever ended the connection, the browser is of no use any more.
            connection.died.whenResolved { [weak process] _ in process?.kill() }
            return StartedBrowser(
                process: process, connection: connection, stderr: stderr, timers: timers,
                flags: flags, profileFolder: folder.path)
        } catch {
            process.kill()
            await process.ended.wait()
            throw failure(.notStarted(step: "opening the pipes (\(error))", errno: 0))
        }
    }

    /// Ends a browser that did not come up, and tells what was seen of it.
    private static func fail(
        _ started: StartedBrowser, _ installation: ChromeInstallation, _ options: ChromeLaunchOptions,
        _ error: CDPError
    ) async -> BrowserLaunchError {
        let exit = started.process.exit.value ?? nil
        started.connection.beginClosing()
        _ = await started.process.forceEnd(removing: started.profileFolder, on: started.timers)
        let reason: BrowserLaunchError.Reason =
            switch error {
            case .connectionDied(_, let death): .died(death)
            case .deadlineExceeded: .deadlineExceeded(options.launchDeadline)
            case .cancelled: .cancelled
            default: .refused(error)
            }
        return BrowserLaunchError(
            path: installation.path, reason: reason, exit: exit, stderr: started.stderr.lines)
    }
}
